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
 * An interceptor that answers the reclaimer's messages from the actor's state, and passes all other messages to the
 * actor's own behavior. One instance per start of an actor; confined to that actor.
 *
 * <p>After each of the actor's own messages and signals it checks whether the state has objects that the reclaimer does
 * not know of, and sets the cgroup's bit if so. Objects therefore exist before their bit is set, wherever in the
 * behavior they were added.
 */
final class ReclaimableInterceptor<C> extends BehaviorInterceptor<Object, C> {

    /** The reclaimer has accepted the registration. */
    record Registered(ShrinkerHandle handle) {}

    /** The reclaimer has refused the registration. */
    record Refused(Throwable why) {}

    private final ShrinkerSpec spec;
    private final ReclaimableState state;
    private final Optional<Cgroup> cgroup;
    private final Runnable forgetRegistration;

    private Optional<ShrinkerHandle> handle = Optional.empty();
    /**
     * Whether the bit was set since the state was last reported empty. No object is missed: the reclaimer clears a bit
     * only after such an answer and counts again after clearing it, so either that count finds the object or the bit is
     * set after the clearing.
     */
    private boolean bitIsSet;

    ReclaimableInterceptor(
            ShrinkerSpec spec, ReclaimableState state, Optional<Cgroup> cgroup, Runnable forgetRegistration) {
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
        // All other messages belong to the actor's own protocol, because its ActorRef accepts nothing else.
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
        ReclaimableState.Freed freed = Objects.requireNonNull(
                state.free(message.nrToScan()),
                () -> "State [" + state.getClass().getName() + "] of shrinker [" + spec.name()
                        + "] answered null to free; where nothing was freed that is Freed(0, 0)");
        // The whole request counts as scanned, even if there were fewer objects, so that nothing remains deferred.
        message.reply(freed.objects(), message.nrToScan(), freed.bytes());
    }

    /** Moves nothing, because {@link #home} follows the cgroup. The answer makes the reclaimer set the parent's bit. */
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
            handle.get().recordRefaults(refaults);
        }
    }

    /** Returns whether a request is for this state. A state is on node 0, whatever its spec says. */
    private boolean isHome(CgroupPath asked, int node) {
        return node == 0 && asked.equals(home());
    }

    /** Computed at each call, because a field would have to be kept across restarts. */
    private CgroupPath home() {
        return cgroup.map(owner -> owner.nearestOnline().path()).orElse(CgroupPath.root());
    }
}
