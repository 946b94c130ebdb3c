package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Hands out ids and keeps the table of shrinkers, which it publishes; one a system. Nobody asks it during a visit.
 *
 * <p>Expansion: the lowest free id is taken ({@link #onAllocate}). Where it lies beyond {@code nrMax}, that rises first, to the
 * next multiple of 64. A limit that does not allow it is looked at before, so then nothing has changed.
 *
 * <p>It never waits for a visit: allocating, registering and freeing go on whatever the rounds do.
 */
public final class ShrinkerRegistry extends AbstractBehavior<ShrinkerRegistry.Command> {

    public sealed interface Command {}

    /** Answered with the entry of a shrinker that is allocated and not yet called. */
    public record Allocate(ShrinkerSpec spec, ShrinkerTarget target, Reply<ShrinkerEntry> replyTo) implements Command {}

    /** Frees all shrinkers and refuses new ones. Answered when all are gone. */
    public record FreeAll(Reply<Done> replyTo) implements Command {}

    /** From the answer on the shrinker is called. */
    public record Register(ShrinkerEntry entry, Reply<Done> replyTo) implements Command {}

    /** From the guard: nobody uses the shrinker any more. */
    record Forget(ShrinkerEntry entry, ActorRef<ShrinkerGuard.Command> guard) implements Command {}

    private final Published published;

    /** Ids that are taken. */
    private final BitSet ids = new BitSet();

    private final List<Reply<Done>> waitingForNone = new ArrayList<>();
    private long lastSerial;
    private long lastOrder;
    private boolean closed;

    public static Behavior<Command> create(Published published) {
        return Behaviors.setup(context -> new ShrinkerRegistry(context, published));
    }

    private ShrinkerRegistry(ActorContext<Command> context, Published published) {
        super(context);
        this.published = published;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Allocate.class, this::onAllocate)
                .onMessage(Register.class, this::onRegister)
                .onMessage(Forget.class, this::onForget)
                .onMessage(FreeAll.class, this::onFreeAll)
                .build();
    }

    private Behavior<Command> onAllocate(Allocate request) {
        if (closed) {
            request.replyTo().failure(shuttingDown(request));
            return this;
        }
        if (!request.spec().cgroupAware() || !published.settings().cgroupsEnabled()) {
            allocate(request, ShrinkerEntry.NO_ID);
            return this;
        }
        int id = ids.nextClearBit(0);
        int limit = published.settings().idLimit();
        if (id >= limit) {
            request.replyTo()
                    .failure(new ReclaimerException(
                            Reason.ID_LIMIT,
                            "Shrinker [" + request.spec().name() + "] can't be allocated: all [" + limit
                                    + "] ids are taken [reclaimer.id-limit]"));
            return this;
        }
        ids.set(id);
        if (id >= published.nrMax()) {
            // All maps have units only where something was set, so all of them have room as soon as this is said; and
            // it is
            // said before the id is out.
            published.publishNrMax((id / ShrinkerUnit.IDS + 1) * ShrinkerUnit.IDS);
        }
        allocate(request, id);
        return this;
    }

    private void allocate(Allocate request, int id) {
        ShrinkerSpec spec = id == ShrinkerEntry.NO_ID ? request.spec().global() : request.spec();
        ActorRef<ShrinkerGuard.Command> guard = getContext()
                .spawnAnonymous(ShrinkerGuard.create(getContext().getSelf()), DispatcherSelector.sameAsParent());
        ShrinkerEntry entry = new ShrinkerEntry(spec, request.target(), id, ++lastSerial, guard, published);
        published.publish(published.table().withAllocated(entry));
        request.replyTo().success(entry);
    }

    private Behavior<Command> onRegister(Register message) {
        ShrinkerEntry entry = message.entry();
        if (entry.holds().register()) {
            entry.registeredAs(++lastOrder);
            published.publish(published.table().withRegistered(entry));
            message.replyTo().success(Done.getInstance());
        } else if (entry.isFreeing()) {
            message.replyTo().failure(entry.alreadyFreed());
        } else {
            message.replyTo()
                    .failure(new ReclaimerException(
                            Reason.ALREADY_REGISTERED,
                            "Shrinker [" + entry + "] is registered already; a shrinker is registered once, after its"
                                    + " allocation"));
        }
        return this;
    }

    private Behavior<Command> onForget(Forget message) {
        ShrinkerEntry entry = message.entry();
        published.publish(published.table().without(entry));
        if (entry.isCgroupAware()) {
            ids.clear(entry.id());
        }
        message.guard().tell(ShrinkerGuard.Forgotten.INSTANCE);
        answerIfNone();
        return this;
    }

    private Behavior<Command> onFreeAll(FreeAll message) {
        closed = true;
        waitingForNone.add(message.replyTo());
        for (ShrinkerEntry entry : published.table().allocated()) {
            entry.free(Reply.none());
        }
        answerIfNone();
        return this;
    }

    private void answerIfNone() {
        if (published.table().allocated().isEmpty()) {
            waitingForNone.forEach(replyTo -> replyTo.success(Done.getInstance()));
            waitingForNone.clear();
        }
    }

    private static ReclaimerException shuttingDown(Allocate request) {
        return new ReclaimerException(
                Reason.SHUTTING_DOWN,
                "Shrinker [" + request.spec().name() + "] can't be allocated: the reclaimer is shutting down");
    }
}
