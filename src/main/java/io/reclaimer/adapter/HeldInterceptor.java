package io.reclaimer.adapter;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ReparentObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Objects;
import java.util.Optional;

/**
 * Takes what the reclaimer asks an actor out of its mailbox's way and answers it from the actor's state; everything else
 * goes through to the actor's own behavior untouched. One for each start of an actor; used by that actor only.
 *
 * <p>After each message and signal it looks whether the state has something the reclaimer does not know of, and sets the
 * cgroup's bit. So objects are there before their bit, wherever in the behavior they come from.
 */
final class HeldInterceptor<C> extends BehaviorInterceptor<Object, C> {

    /** The actor is registered. */
    record Registered(ShrinkerHandle handle) {}

    /** The actor is not registered. */
    record Refused(Throwable why) {}

    private final ShrinkerSpec spec;
    private final HeldState state;
    private final Optional<Cgroup> cgroup;
    private final Runnable forgetRegistration;

    private Optional<ShrinkerHandle> handle = Optional.empty();
    /**
     * Whether the bit was set since the state was last said to be empty. The reclaimer clears a bit only after such an
     * answer, and asks once more after clearing: either that answer, or the bit set after it, is not lost.
     */
    private boolean bitIsSet;

    HeldInterceptor(ShrinkerSpec spec, HeldState state, Optional<Cgroup> cgroup, Runnable forgetRegistration) {
        super(Object.class);
        this.spec = spec;
        this.state = state;
        this.cgroup = cgroup;
        this.forgetRegistration = forgetRegistration;
    }

    @Override
    public Behavior<C> aroundReceive(TypedActorContext<Object> context, Object message, ReceiveTarget<C> target) {
        if (message instanceof ShrinkerMessage asked) {
            answer(asked);
            return Behaviors.same();
        }
        if (message instanceof Registered registered) {
            handle = Optional.of(registered.handle());
            tellNews();
            return Behaviors.same();
        }
        if (message instanceof Refused refused) {
            forgetRegistration.run();
            context.asJava()
                    .getLog()
                    .error(
                            "Shrinker [{}] of actor [{}] is not registered: what the actor holds will not be reclaimed",
                            spec.name(),
                            context.asJava().getSelf().path(),
                            refused.why());
            return Behaviors.same();
        }
        // What else is sent to the actor is of its own protocol: its ActorRef takes nothing else.
        @SuppressWarnings("unchecked")
        Behavior<C> next = target.apply(context, (C) message);
        tellNews();
        return next;
    }

    @Override
    public Behavior<C> aroundSignal(TypedActorContext<Object> context, Signal signal, SignalTarget<C> target) {
        if (signal instanceof PostStop) {
            forgetRegistration.run();
        }
        Behavior<C> next = target.apply(context, signal);
        tellNews();
        return next;
    }

    private void answer(ShrinkerMessage message) {
        if (message instanceof CountObjects count) {
            count(count);
        } else if (message instanceof ScanObjects scan) {
            scan(scan);
        } else if (message instanceof ReparentObjects reparent) {
            reparent(reparent);
        }
    }

    private void count(CountObjects message) {
        if (!isHome(message.cgroup(), message.node())) {
            message.reply(Shrinker.EMPTY);
            return;
        }
        long size = state.size();
        bitIsSet &= size > 0;
        message.reply(size > 0 ? size : Shrinker.EMPTY);
    }

    private void scan(ScanObjects message) {
        if (!isHome(message.cgroup(), message.node())) {
            message.reply(0);
            return;
        }
        HeldState.Freed freed = Objects.requireNonNull(
                state.free(message.nrToScan()),
                () -> "State [" + state.getClass().getName() + "] of shrinker [" + spec.name()
                        + "] answered null to free; where nothing was freed that is Freed(0, 0)");
        // All of it counts as looked at, also where there was less: then nothing is owed any more.
        message.reply(freed.objects(), message.nrToScan(), freed.bytes());
    }

    /** Nothing moves, for {@link #home} has followed already; the answer has the reclaimer set the parent's bit. */
    private void reparent(ReparentObjects message) {
        boolean wasHome = cgroup.isPresent() && cgroup.get().path().isWithin(message.offline());
        message.reply(wasHome && message.node() == 0 ? state.size() : 0);
        bitIsSet = false;
        tellNews();
    }

    private void tellNews() {
        if (handle.isEmpty()) {
            return;
        }
        if (!bitIsSet && state.size() > 0) {
            bitIsSet = true;
            cgroup.ifPresent(owner -> handle.get().setBit(owner.nearestOnline(), 0));
        }
        long refaults = state.takeRefaults();
        if (refaults > 0) {
            handle.get().refaulted(refaults);
        }
    }

    /** A state is on node 0, whatever its spec says. */
    private boolean isHome(CgroupPath asked, int node) {
        return node == 0 && asked.equals(home());
    }

    /** Not kept in a field: a restart would have to keep it too. */
    private CgroupPath home() {
        return cgroup.map(owner -> owner.nearestOnline().path()).orElse(CgroupPath.root());
    }
}
