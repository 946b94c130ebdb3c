package io.reclaimer;

import static java.util.Objects.requireNonNull;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.reclaimer.engine.call.Reply;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;

/**
 * The requests of {@link Reclaimer} as messages, for actors. Each is answered once, with the result of the method of
 * that name, or with an error that holds a {@link io.reclaimer.shrinker.ReclaimerException}. Ask with {@code
 * askWithStatus}.
 */
public final class ReclaimerProtocol {

    /** A request. */
    public sealed interface Command {}

    /** Brings a cgroup online, see {@link Reclaimer#online(CgroupPath)}. */
    public record Online(CgroupPath path, ActorRef<StatusReply<Cgroup>> replyTo) implements Command {
        public Online {
            requireNonNull(path, "path");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Brings a cgroup and its ancestors online, see {@link Reclaimer#onlineWithParents(CgroupPath)}. */
    public record OnlineWithParents(CgroupPath path, ActorRef<StatusReply<Cgroup>> replyTo) implements Command {
        public OnlineWithParents {
            requireNonNull(path, "path");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Takes a cgroup offline, see {@link Reclaimer#offline(CgroupPath)}. */
    public record Offline(CgroupPath path, ActorRef<StatusReply<Done>> replyTo) implements Command {
        public Offline {
            requireNonNull(path, "path");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Allocates a shrinker, see {@link Reclaimer#allocate(ShrinkerSpec, Shrinker)}. */
    public record Allocate(ShrinkerSpec spec, Shrinker shrinker, ActorRef<StatusReply<ShrinkerHandle>> replyTo)
            implements Command {
        public Allocate {
            requireNonNull(spec, "spec");
            requireNonNull(shrinker, "shrinker");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Allocates an asynchronous shrinker, see {@link Reclaimer#allocate(ShrinkerSpec, AsyncShrinker)}. */
    public record AllocateAsync(
            ShrinkerSpec spec, AsyncShrinker shrinker, ActorRef<StatusReply<ShrinkerHandle>> replyTo)
            implements Command {
        public AllocateAsync {
            requireNonNull(spec, "spec");
            requireNonNull(shrinker, "shrinker");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Allocates an actor as a shrinker, see {@link Reclaimer#allocate(ShrinkerSpec, ActorRef)}. */
    public record AllocateActor(
            ShrinkerSpec spec, ActorRef<ShrinkerMessage> shrinker, ActorRef<StatusReply<ShrinkerHandle>> replyTo)
            implements Command {
        public AllocateActor {
            requireNonNull(spec, "spec");
            requireNonNull(shrinker, "shrinker");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Registers a shrinker, see {@link ShrinkerHandle#register}. */
    public record Register(ShrinkerHandle shrinker, ActorRef<StatusReply<ShrinkerHandle>> replyTo) implements Command {
        public Register {
            requireNonNull(shrinker, "shrinker");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Frees a shrinker, see {@link ShrinkerHandle#free}. */
    public record Free(ShrinkerHandle shrinker, ActorRef<StatusReply<Done>> replyTo) implements Command {
        public Free {
            requireNonNull(shrinker, "shrinker");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Sets the protection of a cgroup on a node, see {@link Reclaimer#protect}. */
    public record Protect(CgroupPath cgroup, String node, Protection level, ActorRef<StatusReply<Done>> replyTo)
            implements Command {
        public Protect {
            requireNonNull(cgroup, "cgroup");
            requireNonNull(node, "node");
            requireNonNull(level, "level");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Starts a round, see {@link Reclaimer#reclaim}. */
    public record Reclaim(ReclaimRequest request, ActorRef<StatusReply<ReclaimReport>> replyTo) implements Command {
        public Reclaim {
            requireNonNull(request, "request");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Counts the objects that could be freed, see {@link Reclaimer#count}. */
    public record Count(ReclaimRequest request, ActorRef<StatusReply<CountReport>> replyTo) implements Command {
        public Count {
            requireNonNull(request, "request");
            requireNonNull(replyTo, "replyTo");
        }
    }

    /** Asks for the present state, see {@link Reclaimer#state}. */
    public record GetState(ActorRef<StatusReply<ReclaimerState>> replyTo) implements Command {
        public GetState {
            requireNonNull(replyTo, "replyTo");
        }
    }

    private ReclaimerProtocol() {}

    static Behavior<Command> create(Reclaimer reclaimer) {
        EngineRequests requests = reclaimer.requests();
        OpenRequests open = reclaimer.open();
        return Behaviors.receive(Command.class)
                .onMessage(Online.class, m -> done(() -> requests.online(m.path(), to(open, m.replyTo()))))
                .onMessage(
                        OnlineWithParents.class,
                        m -> done(() -> requests.onlineWithParents(m.path(), to(open, m.replyTo()))))
                .onMessage(Offline.class, m -> done(() -> requests.offline(m.path(), to(open, m.replyTo()))))
                .onMessage(
                        Allocate.class,
                        m -> done(() -> reclaimer.allocate(m.spec(), m.shrinker(), to(open, m.replyTo()))))
                .onMessage(
                        AllocateAsync.class,
                        m -> done(() -> reclaimer.allocate(m.spec(), m.shrinker(), to(open, m.replyTo()))))
                .onMessage(
                        AllocateActor.class,
                        m -> done(() -> reclaimer.allocate(m.spec(), m.shrinker(), to(open, m.replyTo()))))
                .onMessage(Register.class, m -> done(() -> requests.register(m.shrinker(), to(open, m.replyTo()))))
                .onMessage(Free.class, m -> done(() -> m.shrinker().free(to(open, m.replyTo()))))
                .onMessage(
                        Protect.class,
                        m -> done(() -> requests.protect(m.cgroup(), m.node(), m.level(), to(open, m.replyTo()))))
                .onMessage(Reclaim.class, m -> done(() -> requests.reclaim(m.request(), to(open, m.replyTo()))))
                .onMessage(Count.class, m -> done(() -> requests.count(m.request(), to(open, m.replyTo()))))
                .onMessage(GetState.class, m -> done(() -> requests.state(to(open, m.replyTo()))))
                .build();
    }

    private static Behavior<Command> done(Runnable request) {
        request.run();
        return Behaviors.same();
    }

    /**
     * Returns a receiver that replies on threads of the engine, so that dependents of futures that block do not delay
     * it.
     */
    private static <T> Reply<T> to(OpenRequests open, ActorRef<StatusReply<T>> replyTo) {
        return open.track(
                (value, why) -> replyTo.tell(value != null ? StatusReply.success(value) : StatusReply.error(why)));
    }
}
