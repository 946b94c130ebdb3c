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
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.cluster.ClusterMessage.Answers;
import io.reclaimer.cluster.ClusterMessage.Bundle;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Malformed;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterMessage.Request;
import io.reclaimer.cluster.ClusterMessage.Row;
import io.reclaimer.cluster.ClusterReport.Outcome;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This member, as the others see it: receives all their messages. One a system, at {@value #PATH}.
 *
 * <p>It hands requests to {@link MemberParts}, which has the reclaimer do them, and answers to the {@link ClusterRound} they
 * are for; what it gets as the head of a group, requests and answers, goes through {@link Relay}. It keeps the
 * {@link Roster}, and tells the rounds what changes in it.
 */
final class ClusterMember extends AbstractBehavior<ClusterMember.Command> {

    /** What it can be told: by other members, and by its own. */
    sealed interface Command permits ClusterMessage, RosterChange, Local {}

    /** From this member only. */
    sealed interface Local extends Command {}

    /** Starts a round; answered once, with a report or why there is none. */
    record Start(ClusterRequest request, RoundAnswer answer) implements Local {}

    /** This member is about to leave: no more parts and rounds. Answered when none is under way. */
    record Leave(ActorRef<Done> replyTo) implements Local {}

    /** Answered with what there is now. */
    record GetState(ActorRef<State> replyTo) implements Local {}

    /**
     * What there is.
     *
     * @param members the names of all that are in the cluster, and this one
     * @param present of those who take part and can be reached
     * @param rounds under way here
     * @param parts under way, of whomever's rounds
     * @param known rounds that parts are remembered of
     */
    record State(List<String> members, List<String> present, int rounds, int parts, int known) {}

    /** What came of a count: a report, or why there is none. */
    record Counted(
            long round,
            @Nullable CountReport report,
            @Nullable Throwable why) implements Local {}

    /** What came of a part: a report, or why there is none. */
    record PartEnded(
            long round,
            int part,
            @Nullable ReclaimReport report,
            @Nullable Throwable why) implements Local {}

    private record RoundEnded(long round, CgroupPath cgroup, RoundAnswer answer) implements Local {}

    /** Its own timers. */
    private enum Due implements Local {
        /** What is over is forgotten. */
        FORGET,
        /** What waits for a place has waited long enough. */
        PARTS,
        /** Answers to others have waited long enough. */
        SEND_WAITING
    }

    /** Its name among the system's actors. */
    static final String NAME = "reclaimer-cluster";

    /** Where it is found on every member. */
    static final String PATH = "/system/" + NAME;

    private static final Duration FORGET_INTERVAL = Duration.ofSeconds(5);

    private final TimerScheduler<Command> timers;
    private final Reclaimer reclaimer;
    private final ClusterSettings settings;
    private final Consumer<MemberParts.Given> publish;
    private final Roster roster;
    private final MemberParts<ActorRef<ClusterMessage>> parts;
    private final Relay relay;
    private final Seams seams;
    private final ActorRef<ClusterMessage> door;
    private final Map<Long, ActorRef<ClusterRound.Command>> rounds = new HashMap<>();
    private final List<ActorRef<Done>> leaving = new ArrayList<>();
    private boolean left;

    /** When it wakes up for what waits for a place. */
    private OptionalLong partsDue = OptionalLong.empty();

    /**
     * Not from 0: what comes late for a round of a life before must find nobody, and no two members' rounds may have the
     * same number ({@link MemberParts}), also where many start at the same moment.
     */
    private long lastRound = new SecureRandom().nextLong() >>> 1;

    /**
     * @param publish is given what was done, when that has changed
     * @param seams where tests step in
     */
    static Behavior<Command> create(
            Reclaimer reclaimer,
            ClusterSettings settings,
            Supplier<MemberParts.Heap> heap,
            Consumer<MemberParts.Given> publish,
            Seams seams) {
        GiveBudget give = new GiveBudget(settings.giveBytes());
        Behavior<Command> behavior = Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new ClusterMember(context, timers, reclaimer, settings, give, heap, publish, seams)));
        // A bug: rounds requested here answer with what they know, and the member goes on, without what it knew of
        // others'.
        // What it gave them is not forgotten.
        return seams.member().apply(Behaviors.supervise(behavior).onFailure(SupervisorStrategy.restart()));
    }

    private ClusterMember(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Reclaimer reclaimer,
            ClusterSettings settings,
            GiveBudget give,
            Supplier<MemberParts.Heap> heap,
            Consumer<MemberParts.Given> publish,
            Seams seams) {
        super(context);
        this.seams = seams;
        this.publish = publish;
        this.timers = timers;
        this.reclaimer = reclaimer;
        this.settings = settings;
        this.door = context.getSelf().narrow();
        this.parts = new MemberParts<>(
                new ReclaimerPort(context, reclaimer, heap), reclaimer.settings()::node, settings.maxParts(), give);
        give.forgetParts(System.nanoTime());
        this.roster = new Roster(Cluster.get(context.getSystem()).selfMember(), door);
        this.relay = new Relay(new RelayPort(roster), new InnerMessages(context.getSystem()), door);
        RosterChange.subscribe(context, door);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Request.class, this::onRequest)
                .onMessage(Offer.class, message -> answered(message.round(), message))
                .onMessage(Reclaimed.class, message -> answered(message.round(), message))
                .onMessage(Refused.class, message -> answered(message.round(), message))
                .onMessage(Answers.class, message -> answered(message.round(), message))
                .onMessage(Row.class, message -> this)
                .onMessage(Malformed.class, this::onMalformed)
                .onMessage(Counted.class, this::onCounted)
                .onMessage(PartEnded.class, this::onPartEnded)
                .onMessage(Due.class, this::onDue)
                .onMessage(Start.class, this::onStart)
                .onMessage(RoundEnded.class, this::onRoundEnded)
                .onMessage(RosterChange.class, this::onRosterChange)
                .onMessage(Leave.class, this::onLeave)
                .onMessage(GetState.class, this::onGetState)
                .build();
    }

    /** Members only are served; whoever else asks gets no answer, so that nobody else can have this one connect to it. */
    private Behavior<Command> onRequest(Request message) {
        Optional<Requester> requester = roster.requester(message.replyTo(), message.fromUid());
        if (requester.isEmpty()) {
            WireFaults.get(getContext().getSystem())
                    .stranger(
                            ClusterSerializer.kindOf(message),
                            message.replyTo().path().address() + " uid " + message.fromUid());
            return this;
        }
        long now = System.nanoTime();
        if (message instanceof Count count) {
            parts.count(count.replyTo(), requester.get(), count, now);
        } else if (message instanceof Reclaim reclaim) {
            parts.reclaim(reclaim.replyTo(), reclaim, now);
        } else if (message instanceof Cancel cancel) {
            parts.cancel(cancel);
        } else if (message instanceof Bundle bundle) {
            // Also where this member is leaving: whoever is to get it is not.
            relay.bundle(requester.get(), bundle, now);
        }
        if (!timers.isTimerActive(Due.FORGET)) {
            timers.startTimerWithFixedDelay(Due.FORGET, Due.FORGET, FORGET_INTERVAL);
        }
        return partsChanged();
    }

    /** Wakes up when what waits for a place may not wait any longer. */
    private Behavior<Command> partsChanged() {
        OptionalLong due = parts.dueNanos();
        if (!due.equals(partsDue)) {
            partsDue = due;
            if (due.isPresent()) {
                long delay = Math.max(0, due.getAsLong() - System.nanoTime());
                timers.startSingleTimer(Due.PARTS, Due.PARTS, Duration.ofNanos(delay));
            } else {
                timers.cancel(Due.PARTS);
            }
        }
        return this;
    }

    private Behavior<Command> onDue(Due message) {
        long now = System.nanoTime();
        switch (message) {
            case FORGET -> forget(now);
            case PARTS -> {
                partsDue = OptionalLong.empty();
                parts.tick(now);
                answerLeave();
            }
            case SEND_WAITING -> relay.sendWaiting();
        }
        return partsChanged();
    }

    /** Whoever waits for an answer to it, or for it as an answer, is told. */
    private Behavior<Command> onMalformed(Malformed message) {
        message.header().ifPresent(header -> {
            Refused refused = PartAnswer.unreadable(message, header);
            if (header.replyTo().isEmpty()) {
                answered(header.round(), refused);
            } else if (roster.requester(header.replyTo().get(), header.fromUid())
                    .isPresent()) {
                header.replyTo().get().tell(refused);
            }
        });
        return this;
    }

    private void forget(long now) {
        parts.forgetOld(now);
        relay.forgetOld(now);
        if (parts.known() + relay.known() == 0) {
            timers.cancel(Due.FORGET);
        }
    }

    private Behavior<Command> onCounted(Counted message) {
        parts.counted(message.round(), message.report(), message.why(), System.nanoTime());
        return partsChanged();
    }

    private Behavior<Command> onPartEnded(PartEnded message) {
        parts.reclaimed(message.round(), message.part(), message.report(), message.why(), System.nanoTime());
        publish.accept(parts.given());
        answerLeave();
        return partsChanged();
    }

    /** Of a round here, or of one that this member is a head in. Where the round is over, the answer is too late. */
    private Behavior<Command> answered(long round, ClusterMessage message) {
        ActorRef<ClusterRound.Command> of = rounds.get(round);
        if (of != null) {
            of.tell(new ClusterRound.Answered(message));
        } else {
            relay.answered(message);
            if (relay.isWaiting() && !timers.isTimerActive(Due.SEND_WAITING)) {
                timers.startSingleTimer(Due.SEND_WAITING, Due.SEND_WAITING, Relay.LONGEST_WAIT);
            }
        }
        return this;
    }

    private Behavior<Command> onStart(Start message) {
        if (left) {
            String leaving = "No round over the cluster is started: this member is leaving it";
            message.answer().refuse(new ReclaimerException(Reason.SHUTTING_DOWN, leaving));
        } else if (rounds.size() >= settings.maxRounds()) {
            String many = "No round over the cluster is started: [" + settings.maxRounds()
                    + "] are under way here, as many as allowed [reclaimer.cluster.max-rounds]";
            message.answer().refuse(new ReclaimerException(Reason.TOO_MANY_ROUNDS, many));
        } else {
            try {
                start(message);
            } catch (RuntimeException e) {
                CgroupPath cgroup = message.request().request().cgroup();
                message.answer().refuse(AnswerGuard.failed(cgroup, Reasons.of(e)));
            }
        }
        return this;
    }

    private void start(Start message) {
        ReclaimRequest request = message.request().request();
        long round = ++lastRound;
        Terms terms = new Terms(
                request,
                request.nodes().stream().map(reclaimer.settings()::nodeName).toList(),
                request.within().orElse(reclaimer.settings().roundDeadline()),
                settings.resendAfter(),
                round);
        List<Guest> guests = roster.guests(message.request());
        List<Optional<ActorRef<ClusterMessage>>> doors =
                guests.stream().map(guest -> roster.door(guest.member())).toList();
        ActorRef<ClusterRound.Command> child = getContext()
                .spawnAnonymous(
                        seams.round()
                                .apply(ClusterRound.create(
                                        round,
                                        terms,
                                        guests,
                                        doors,
                                        new Sender(door, roster.selfUid()),
                                        seams.mostDirect(),
                                        message.answer())),
                        DispatcherSelector.sameAsParent());
        rounds.put(round, child);
        getContext().watchWith(child, new RoundEnded(round, request.cgroup(), message.answer()));
    }

    private Behavior<Command> onRoundEnded(RoundEnded message) {
        rounds.remove(message.round());
        if (!message.answer().isGiven()) {
            message.answer().refuse(AnswerGuard.failed(message.cgroup(), "its actor ended without an answer"));
        }
        answerLeave();
        return this;
    }

    private Behavior<Command> onRosterChange(RosterChange change) {
        roster.gone(change).forEach(uid -> {
            parts.requesterGone(uid);
            relay.requesterGone(uid);
        });
        for (String name : roster.change(change)) {
            ClusterRound.Changed changed = new ClusterRound.Changed(name, roster.presence(name));
            rounds.values().forEach(round -> round.tell(changed));
        }
        return partsChanged();
    }

    private Behavior<Command> onLeave(Leave message) {
        left = true;
        leaving.add(message.replyTo());
        parts.leave();
        relay.sendWaiting();
        rounds.values().forEach(round -> round.tell(new ClusterRound.End(Outcome.SHUTDOWN)));
        answerLeave();
        return partsChanged();
    }

    private void answerLeave() {
        if (!leaving.isEmpty() && rounds.isEmpty() && parts.running() == 0) {
            leaving.forEach(replyTo -> replyTo.tell(Done.getInstance()));
            leaving.clear();
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
