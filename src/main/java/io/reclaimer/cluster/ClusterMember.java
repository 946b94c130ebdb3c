package io.reclaimer.cluster;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.typed.Cluster;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.Reclaimer;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Malformed;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.cluster.ClusterMessage.Request;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.cluster.RoundParameters.Sender;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The cluster actor of this member: receives the messages of all members. One per actor system, at {@value #PATH}.
 *
 * <p>It passes requests to its {@link MemberParts} and replies to the {@link ClusterRound} that they belong to. It owns the
 * {@link Roster}, and tells the rounds about changes of it.
 */
final class ClusterMember extends AbstractBehavior<ClusterMember.Command> {

    /** Protocol: messages of members, changes of the cluster, and messages of this member. */
    sealed interface Command permits ClusterMessage, Roster.Change, Local {}

    /** Sent by this member only. */
    sealed interface Local extends Command {}

    /** Starts a round. The result is completed once, with a report or the reason why there is none. */
    record Start(ClusterRequest request, CompletableFuture<ClusterReport> result) implements Local {}

    /** Ends all parts and rounds, because this member is about to leave. Answered when none is under way. */
    record Leave(ActorRef<Done> replyTo) implements Local {}

    record GetState(ActorRef<State> replyTo) implements Local {}

    /** The state of this member, for tests: the members, those that are present, and the numbers of rounds and parts. */
    record State(List<String> members, List<String> present, int rounds, int parts, int known) {}

    /** The result of a count: a report, or the reason why there is none. */
    record Counted(
            long round,
            @Nullable CountReport report,
            @Nullable Throwable why) implements Local {}

    /** The result of a part, likewise. */
    record PartEnded(
            long round,
            int part,
            @Nullable ReclaimReport report,
            @Nullable Throwable why) implements Local {}

    private record RoundEnded(long round, CgroupPath cgroup, CompletableFuture<ClusterReport> result)
            implements Local {}

    private enum Timer implements Local {
        /** Rounds that are over are forgotten. */
        FORGET,
        /** Waiting counts and parts are answered as late. */
        PARTS
    }

    /**
     * The surroundings of the actor.
     *
     * @param publish receives the totals of the parts when they have changed
     */
    record Setup(
            Reclaimer reclaimer,
            ClusterSettings settings,
            Supplier<MemberEnvironment.Heap> heap,
            Consumer<MemberParts.Totals> publish,
            Interceptors interceptors) {}

    /** Wrappers of the behaviors of this actor and of its rounds, by which tests lose messages and cause faults. */
    record Interceptors(UnaryOperator<Behavior<Command>> member, UnaryOperator<Behavior<ClusterRound.Command>> round) {

        static final Interceptors NONE = new Interceptors(member -> member, round -> round);
    }

    static final String NAME = "reclaimer-cluster";

    /** The path of the cluster actor on every member. */
    static final String PATH = "/system/" + NAME;

    private static final Duration FORGET_INTERVAL = Duration.ofSeconds(5);

    private final TimerScheduler<Command> timers;
    private final Setup setup;
    private final Roster roster;
    private final MemberParts parts;
    private final Map<Long, ActorRef<ClusterRound.Command>> rounds = new HashMap<>();
    private final List<ActorRef<Done>> leaveReplies = new ArrayList<>();
    private boolean isLeaving;

    /** The time of the active timer of waiting parts; empty where there is none. */
    private OptionalLong partsDueNanos = OptionalLong.empty();

    /**
     * Starts at a random number, so that a late reply to a round of a previous life finds no round, and no two members use
     * the same number ({@link KnownRounds}), even where many start at the same moment.
     */
    private long lastRound = new SecureRandom().nextLong() >>> 1;

    static Behavior<Command> create(Setup setup) {
        GiveLimit giveLimit = new GiveLimit(setup.settings().giveBytes());
        Behavior<Command> behavior = Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new ClusterMember(context, timers, setup, giveLimit)));
        // After a bug, rounds of others are forgotten; the limit keeps what was freed for them.
        return setup.interceptors()
                .member()
                .apply(Behaviors.supervise(behavior).onFailure(SupervisorStrategy.restart()));
    }

    private ClusterMember(
            ActorContext<Command> context, TimerScheduler<Command> timers, Setup setup, GiveLimit giveLimit) {
        super(context);
        this.timers = timers;
        this.setup = setup;
        this.parts = new MemberParts(
                new LocalReclaimer(context, setup.reclaimer(), setup.heap()),
                setup.reclaimer().settings()::node,
                setup.settings().maxParts(),
                giveLimit);
        giveLimit.settleReserved(System.nanoTime());
        ActorRef<ClusterMessage> self = context.getSelf().narrow();
        this.roster = new Roster(Cluster.get(context.getSystem()).selfMember(), self);
        Roster.subscribe(context, self);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Request.class, this::onRequest)
                .onMessage(Reply.class, this::onReply)
                .onMessage(Row.class, message -> this)
                .onMessage(Malformed.class, this::onMalformed)
                .onMessage(Counted.class, this::onCounted)
                .onMessage(PartEnded.class, this::onPartEnded)
                .onMessage(Timer.class, this::onTimer)
                .onMessage(Start.class, this::onStart)
                .onMessage(RoundEnded.class, this::onRoundEnded)
                .onMessage(Roster.Change.class, this::onRosterChange)
                .onMessage(Leave.class, this::onLeave)
                .onMessage(GetState.class, this::onGetState)
                .build();
    }

    /** Serves members only. Any other sender gets no reply, so it cannot make this member connect to an address. */
    private Behavior<Command> onRequest(Request message) {
        Optional<Requester> requester = roster.requester(message.replyTo(), message.fromUid());
        if (requester.isEmpty()) {
            WireFaults.get(getContext().getSystem())
                    .droppedRequest(
                            ClusterSerializer.manifestOf(message),
                            message.replyTo().path().address() + " uid " + message.fromUid());
            return this;
        }
        long now = System.nanoTime();
        if (message instanceof Count count) {
            parts.count(count.replyTo()::tell, requester.get(), count, now);
        } else if (message instanceof Reclaim reclaim) {
            parts.reclaim(reclaim.replyTo()::tell, reclaim, now);
        } else if (message instanceof Cancel cancel) {
            parts.cancel(cancel);
        }
        if (!timers.isTimerActive(Timer.FORGET)) {
            timers.startTimerWithFixedDelay(Timer.FORGET, Timer.FORGET, FORGET_INTERVAL);
        }
        return schedulePartsTimer();
    }

    private Behavior<Command> schedulePartsTimer() {
        OptionalLong due = parts.dueNanos();
        if (!due.equals(partsDueNanos)) {
            partsDueNanos = due;
            timers.cancel(Timer.PARTS);
            due.ifPresent(nanos -> timers.startSingleTimer(
                    Timer.PARTS, Timer.PARTS, Duration.ofNanos(Math.max(0, nanos - System.nanoTime()))));
        }
        return this;
    }

    private Behavior<Command> onTimer(Timer timer) {
        long now = System.nanoTime();
        switch (timer) {
            case FORGET -> {
                parts.forgetOld(now);
                if (parts.known() == 0) {
                    timers.cancel(Timer.FORGET);
                }
            }
            case PARTS -> {
                partsDueNanos = OptionalLong.empty();
                parts.tick(now);
                answerLeave();
            }
        }
        return schedulePartsTimer();
    }

    /** Refuses an unreadable request, and ends the wait for an unreadable reply. */
    private Behavior<Command> onMalformed(Malformed message) {
        message.header().ifPresent(header -> {
            String reason = "[" + message.manifest() + "] cannot be read in this version: " + message.why();
            Reply refused = KnownRound.refused(header.round(), header.participant(), header.part(), reason, false);
            if (header.replyTo() == null) {
                onReply(refused);
            } else if (roster.requester(header.replyTo(), header.fromUid()).isPresent()) {
                header.replyTo().tell(refused);
            }
        });
        return this;
    }

    private Behavior<Command> onCounted(Counted message) {
        parts.counted(message.round(), message.report(), message.why(), System.nanoTime());
        return schedulePartsTimer();
    }

    private Behavior<Command> onPartEnded(PartEnded message) {
        parts.reclaimed(message.round(), message.part(), message.report(), message.why(), System.nanoTime());
        setup.publish().accept(parts.totals());
        answerLeave();
        return schedulePartsTimer();
    }

    /** Passes a reply to its round. A reply to a round that is over is dropped. */
    private Behavior<Command> onReply(Reply reply) {
        ActorRef<ClusterRound.Command> round = rounds.get(reply.round());
        if (round != null) {
            round.tell(new ClusterRound.Replied(reply));
        }
        return this;
    }

    private Behavior<Command> onStart(Start message) {
        try {
            start(message.request(), message.result());
        } catch (ReclaimerException e) {
            message.result().completeExceptionally(e);
        } catch (RuntimeException e) {
            CgroupPath cgroup = message.request().request().cgroup();
            message.result().completeExceptionally(ClusterRound.failed(cgroup, Reasons.of(e)));
        }
        return this;
    }

    private void start(ClusterRequest request, CompletableFuture<ClusterReport> result) {
        int maxRounds = setup.settings().maxRounds();
        if (isLeaving) {
            throw new ReclaimerException(
                    Reason.SHUTTING_DOWN, "No round over the cluster is started: this member is leaving it");
        }
        if (rounds.size() >= maxRounds) {
            throw new ReclaimerException(
                    Reason.TOO_MANY_ROUNDS,
                    "No round over the cluster is started: [" + maxRounds
                            + "] are under way here, as many as allowed [reclaimer.cluster.max-rounds]");
        }
        Map<String, Presence> members = roster.candidates(request);
        RoundParameters parameters = RoundParameters.of(
                ++lastRound,
                request,
                setup.reclaimer().settings(),
                members,
                setup.settings().resendAfter(),
                new Sender(getContext().getSelf().narrow(), roster.selfUid()));
        List<Optional<ActorRef<ClusterMessage>>> refs =
                members.keySet().stream().map(roster::ref).toList();
        Behavior<ClusterRound.Command> behavior = ClusterRound.create(parameters, refs, result);
        ActorRef<ClusterRound.Command> child = getContext()
                .spawnAnonymous(setup.interceptors().round().apply(behavior), DispatcherSelector.sameAsParent());
        rounds.put(lastRound, child);
        getContext()
                .watchWith(child, new RoundEnded(lastRound, request.request().cgroup(), result));
    }

    private Behavior<Command> onRoundEnded(RoundEnded message) {
        rounds.remove(message.round());
        message.result()
                .completeExceptionally(ClusterRound.failed(message.cgroup(), "its actor ended without an answer"));
        answerLeave();
        return this;
    }

    private Behavior<Command> onRosterChange(Roster.Change change) {
        roster.removedUids(change).forEach(parts::requesterGone);
        for (String name : roster.apply(change)) {
            ClusterRound.PresenceChanged changed = new ClusterRound.PresenceChanged(name, roster.presence(name));
            rounds.values().forEach(round -> round.tell(changed));
        }
        return schedulePartsTimer();
    }

    private Behavior<Command> onLeave(Leave message) {
        isLeaving = true;
        leaveReplies.add(message.replyTo());
        parts.leave();
        rounds.values().forEach(round -> round.tell(new ClusterRound.End(Outcome.SHUTDOWN)));
        answerLeave();
        return schedulePartsTimer();
    }

    private void answerLeave() {
        if (!leaveReplies.isEmpty() && rounds.isEmpty() && parts.running() == 0) {
            leaveReplies.forEach(replyTo -> replyTo.tell(Done.getInstance()));
            leaveReplies.clear();
        }
    }

    private Behavior<Command> onGetState(GetState message) {
        List<String> present = roster.names().stream()
                .filter(name -> roster.presence(name) == Presence.HERE)
                .toList();
        message.replyTo()
                .tell(new State(List.copyOf(roster.names()), present, rounds.size(), parts.running(), parts.known()));
        return this;
    }
}
