package io.reclaimer.engine;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.engine.call.FaultLog;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.call.ShrinkerGuard;
import io.reclaimer.engine.call.ShrinkerTarget;
import io.reclaimer.engine.unit.ShrinkerUnit;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The registry of shrinkers: hands out ids, and publishes the table of shrinkers. One per engine; no visit sends it a
 * message.
 *
 * <p>Expansion: the lowest free id is taken ({@link #onAllocate}). If it is beyond {@code nrMax}, then {@code nrMax}
 * rises first, to the next multiple of 64. The limit of ids is checked before, so a refused allocation changes nothing.
 *
 * <p>It never waits for a visit: allocating, registering and freeing go on whatever the rounds do.
 */
public final class ShrinkerRegistry extends AbstractBehavior<ShrinkerRegistry.Command> {

    public sealed interface Command {}

    /** Allocates a shrinker. The reply is its entry; it is not called yet. */
    public record Allocate(ShrinkerSpec spec, ShrinkerTarget target, Reply<ShrinkerEntry> replyTo) implements Command {}

    /** Frees all shrinkers and refuses new ones. Answered when all are gone. */
    public record FreeAll(Reply<Done> replyTo) implements Command {}

    /** Registers a shrinker: it is called from the reply on. */
    public record Register(ShrinkerEntry entry, Reply<Done> replyTo) implements Command {}

    /** From the guard: nobody uses the shrinker any more. */
    private record Forget(ShrinkerEntry entry, ActorRef<ShrinkerGuard.Command> guard) implements Command {}

    private final EngineContext engine;

    /** Ids that are taken. */
    private final BitSet ids = new BitSet();

    private final List<Reply<Done>> waitingForNone = new ArrayList<>();
    private long lastSerial;
    private long lastOrder;
    private boolean closed;

    public static Behavior<Command> create(EngineContext engine) {
        return Behaviors.setup(context -> new ShrinkerRegistry(context, engine));
    }

    private ShrinkerRegistry(ActorContext<Command> context, EngineContext engine) {
        super(context);
        this.engine = engine;
        ActorRef<FaultLog.Command> faultLog =
                context.spawn(FaultLog.create(), "fault-log", DispatcherSelector.sameAsParent());
        // Without it, faults would be held back for ever. When it ends, this actor ends as well.
        context.watch(faultLog);
        engine.setFaultLog(faultLog);
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
        if (!request.spec().isCgroupAware() || !engine.settings().cgroups().enabled()) {
            allocate(request, ShrinkerEntry.NO_ID);
            return this;
        }
        int id = ids.nextClearBit(0);
        int limit = engine.settings().cgroups().idLimit();
        if (id >= limit) {
            request.replyTo()
                    .failure(new ReclaimerException(
                            Reason.ID_LIMIT,
                            "Shrinker [" + request.spec().name() + "] can't be allocated: all [" + limit
                                    + "] ids are taken [reclaimer.id-limit]"));
            return this;
        }
        ids.set(id);
        if (id >= engine.nrMax()) {
            // Maps have units only where something was set, so all of them have room as soon as this is published. It
            // is published before the id is handed out.
            engine.publishNrMax((id / ShrinkerUnit.IDS + 1) * ShrinkerUnit.IDS);
        }
        allocate(request, id);
        return this;
    }

    private void allocate(Allocate request, int id) {
        ShrinkerSpec spec = id == ShrinkerEntry.NO_ID ? request.spec().global() : request.spec();
        ActorRef<Command> self = getContext().getSelf();
        ActorRef<ShrinkerGuard.Command> guard = getContext()
                .spawnAnonymous(
                        ShrinkerGuard.create((unused, of) -> self.tell(new Forget(unused, of))),
                        DispatcherSelector.sameAsParent());
        ShrinkerEntry entry = new ShrinkerEntry(spec, request.target(), id, ++lastSerial, guard, engine);
        engine.publish(engine.table().withAllocated(entry));
        request.replyTo().success(entry);
    }

    private Behavior<Command> onRegister(Register message) {
        ShrinkerEntry entry = message.entry();
        if (entry.register()) {
            entry.setOrder(++lastOrder);
            engine.publish(engine.table().withRegistered(entry));
            message.replyTo().success(Done.getInstance());
        } else if (entry.isFreeing()) {
            message.replyTo()
                    .failure(new ReclaimerException(
                            Reason.ALREADY_FREED,
                            "Shrinker [" + entry + "] is freed already, or is being freed; allocate a new one"));
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
        engine.publish(engine.table().without(entry));
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
        for (ShrinkerEntry entry : engine.table().allocated()) {
            entry.free(Reply.none());
        }
        answerIfNone();
        return this;
    }

    private void answerIfNone() {
        if (engine.table().allocated().isEmpty()) {
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
