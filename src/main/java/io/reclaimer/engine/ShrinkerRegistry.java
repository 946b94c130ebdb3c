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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Hands out ids and keeps the table of shrinkers, which it publishes; one a system. Nobody asks it during a visit.
 *
 * <p>Allocation:
 *
 * <ol>
 *   <li>the lowest free id is taken ({@link #onAllocate});
 *   <li>if it lies beyond {@code nrMax}, the tree is asked to grow all maps; what needs room waits, everything else goes
 *       on ({@link #growIfNeeded});
 *   <li>when all have grown, {@code nrMax} rises and ids go out ({@link #onGrown}); when they can't, the ids are free
 *       again and {@code nrMax} stays as it is ({@link #onGrowthFailed}).
 * </ol>
 *
 * <p>It never waits for a visit: registering and freeing go on whatever the rounds do.
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

    /** From the tree: every map holds that many ids. */
    record Grown(int nrMax) implements Command {}

    /** From the tree: some map does not. */
    record GrowthFailed(int nrMax, ReclaimerException why) implements Command {}

    /** An allocation that waits for room. */
    private record Waiting(Allocate request, int id) {}

    private final Published published;
    private final ActorRef<CgroupTree.Command> tree;

    /** Ids that are taken, by shrinkers and by allocations that wait. */
    private final BitSet ids = new BitSet();

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<Reply<Done>> waitingForNone = new ArrayList<>();
    private int nrMax;
    private int growingTo;
    private long lastSerial;
    private long lastOrder;
    private boolean closed;

    public static Behavior<Command> create(Published published, ActorRef<CgroupTree.Command> tree) {
        return Behaviors.setup(context -> new ShrinkerRegistry(context, published, tree));
    }

    private ShrinkerRegistry(ActorContext<Command> context, Published published, ActorRef<CgroupTree.Command> tree) {
        super(context);
        this.published = published;
        this.tree = tree;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Allocate.class, this::onAllocate)
                .onMessage(Register.class, this::onRegister)
                .onMessage(Forget.class, this::onForget)
                .onMessage(Grown.class, this::onGrown)
                .onMessage(GrowthFailed.class, this::onGrowthFailed)
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
        if (id < nrMax) {
            allocate(request, id);
        } else {
            waiting.add(new Waiting(request, id));
            growIfNeeded();
        }
        return this;
    }

    private void growIfNeeded() {
        if (growingTo > nrMax || waiting.isEmpty()) {
            return;
        }
        int highest = waiting.stream().mapToInt(Waiting::id).max().getAsInt();
        growingTo = (highest / ShrinkerUnit.IDS + 1) * ShrinkerUnit.IDS;
        tree.tell(new CgroupTree.Grow(growingTo, getContext().getSelf()));
    }

    private Behavior<Command> onGrown(Grown message) {
        nrMax = message.nrMax();
        published.publishNrMax(nrMax);
        for (Waiting next : List.copyOf(waiting)) {
            if (next.id() < nrMax) {
                waiting.remove(next);
                allocate(next.request(), next.id());
            }
        }
        growIfNeeded();
        return this;
    }

    private Behavior<Command> onGrowthFailed(GrowthFailed message) {
        growingTo = nrMax;
        failWaiting(message.nrMax(), message.why());
        growIfNeeded();
        return this;
    }

    private void failWaiting(int below, ReclaimerException why) {
        for (Waiting next : List.copyOf(waiting)) {
            if (next.id() < below) {
                waiting.remove(next);
                ids.clear(next.id());
                next.request().replyTo().failure(why);
            }
        }
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
        for (Waiting next : waiting) {
            next.request().replyTo().failure(shuttingDown(next.request()));
        }
        waiting.clear();
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
