package io.reclaimer.scenario.run;

import akka.actor.typed.ActorRef;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.cluster.ClusterMessage;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.cluster.ClusterRequest;
import io.reclaimer.cluster.Coordinator;
import io.reclaimer.cluster.MemberEnvironment;
import io.reclaimer.cluster.MemberParts;
import io.reclaimer.cluster.RoundParameters;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Rounds over members that are all in this process, decided by the code that the members of a real cluster run. The network
 * and the clock are the caller's, so a run can be repeated. Without Akka Cluster and the shared table. Confined to one
 * thread.
 */
final class VirtualCluster {

    /** The network between the members, and the clock. */
    interface Network {
        /** Runs the arrival of a message at a member, or never where the message is lost. Not used by a member for itself. */
        void send(String from, String to, Runnable arrival);

        /** Runs an action after a delay. */
        void after(Duration delay, Runnable action);
    }

    private static final Duration RESEND_AFTER = Duration.ofMillis(500);

    private final Network network;
    private final LongSupplier nanoTime;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private long lastRound;
    private long lastNonce;

    /** @param nanoTime the clock: nanoseconds from an arbitrary start */
    VirtualCluster(Network network, LongSupplier nanoTime) {
        this.network = network;
        this.nanoTime = nanoTime;
    }

    /** Adds a member. */
    void add(String name, Reclaimer reclaimer) {
        members.put(name, new Member(name, reclaimer));
    }

    /** Tells the other members that a member can be reached, or not. */
    void reachable(String name, boolean isReachable) {
        Member changed = members.get(name);
        if (changed != null) {
            changed.presence = isReachable ? Presence.HERE : Presence.UNREACHABLE;
            members.values().stream()
                    .filter(member -> member != changed)
                    .forEach(member ->
                            List.copyOf(member.rounds.values()).forEach(round -> round.update(name, changed.presence)));
        }
    }

    /**
     * Starts a round on a member, as {@link io.reclaimer.cluster.ClusterReclaimer#reclaim(ClusterRequest)} does.
     *
     * @throws NullPointerException where an argument is null
     */
    CompletionStage<ClusterReport> reclaim(String on, ClusterRequest request) {
        Member requester = members.get(Objects.requireNonNull(on, "on"));
        Objects.requireNonNull(request, "request");
        if (requester == null) {
            return CompletableFuture.failedStage(
                    new IllegalArgumentException("There is no member [" + on + "]; there are " + members.keySet()));
        }
        ActorRef<ClusterMessage> nobody = requester.reclaimer.system().ignoreRef();
        RoundParameters parameters;
        try {
            parameters = RoundParameters.of(
                    ++lastRound,
                    request,
                    requester.reclaimer.settings(),
                    candidates(on, request),
                    RESEND_AFTER,
                    new RoundParameters.Sender(nobody, 1));
        } catch (ReclaimerException e) {
            return CompletableFuture.failedStage(e);
        }
        Round round = new Round(requester, parameters);
        requester.rounds.put(parameters.round(), round);
        round.begin();
        return round.result;
    }

    private Map<String, Presence> candidates(String on, ClusterRequest request) {
        Map<String, Presence> candidates = new LinkedHashMap<>();
        for (String name : request.members().isEmpty() ? new TreeSet<>(members.keySet()) : request.members()) {
            Member member = members.get(name);
            Presence presence = member == null ? Presence.GONE : name.equals(on) ? Presence.HERE : member.presence;
            candidates.put(name, presence);
        }
        return candidates;
    }

    private void deliver(String from, String to, ClusterMessage message) {
        Member member = members.get(to);
        if (member == null) {
            return;
        }
        if (from.equals(to)) {
            network.after(Duration.ZERO, () -> member.receive(from, message));
        } else {
            network.send(from, to, () -> member.receive(from, message));
        }
    }

    /** One member: its parts in rounds of any member, and the rounds that were requested on it. */
    private final class Member implements MemberEnvironment<String> {
        private final String name;
        private final Reclaimer reclaimer;
        private final MemberParts<String> parts;
        private final Map<Long, Round> rounds = new HashMap<>();
        private Presence presence = Presence.HERE;
        private OptionalLong partsDueNanos = OptionalLong.empty();

        Member(String name, Reclaimer reclaimer) {
            this.name = name;
            this.reclaimer = reclaimer;
            this.parts = MemberParts.create(this, reclaimer);
        }

        private void receive(String from, ClusterMessage message) {
            long now = nanoTime.getAsLong();
            if (message instanceof Count count) {
                parts.count(from, new Requester(count.fromUid(), from.equals(name)), count, now);
            } else if (message instanceof Reclaim part) {
                parts.reclaim(from, part, now);
            } else if (message instanceof Cancel cancel) {
                parts.cancel(cancel);
            } else if (message instanceof Reply reply) {
                Round round = rounds.get(reply.round());
                if (round != null) {
                    round.receive(reply);
                }
            }
            schedulePartsTimer();
        }

        private void schedulePartsTimer() {
            OptionalLong due = parts.dueNanos();
            if (due.isPresent() && !due.equals(partsDueNanos)) {
                long delay = Math.max(0, due.getAsLong() - nanoTime.getAsLong());
                network.after(Duration.ofNanos(delay), () -> {
                    parts.tick(nanoTime.getAsLong());
                    schedulePartsTimer();
                });
            }
            partsDueNanos = due;
        }

        @Override
        public void count(long round, ReclaimRequest request) {
            reclaimer.count(request).whenComplete((report, why) -> counted(round, report, why));
        }

        private void counted(long round, @Nullable CountReport report, @Nullable Throwable why) {
            parts.counted(round, report, why, nanoTime.getAsLong());
            schedulePartsTimer();
        }

        @Override
        public void reclaim(long round, int part, ReclaimRequest request) {
            reclaimer.reclaim(request).whenComplete((report, why) -> reclaimed(round, part, report, why));
        }

        private void reclaimed(long round, int part, @Nullable ReclaimReport report, @Nullable Throwable why) {
            parts.reclaimed(round, part, report, why, nanoTime.getAsLong());
            schedulePartsTimer();
        }

        @Override
        public void send(String to, ClusterMessage message) {
            deliver(name, to, message);
        }

        @Override
        public Heap heap() {
            return Heap.UNWATCHED;
        }

        @Override
        public long nonce() {
            return ++lastNonce;
        }
    }

    /** One round: the clock, the timer and the network of a {@link Coordinator}. */
    private final class Round implements Coordinator.Output {
        private final Member requester;
        private final long number;
        private final CompletableFuture<ClusterReport> result = new CompletableFuture<>();
        private final List<String> participants;
        private final Coordinator coordinator;
        private long dueNanos = Long.MIN_VALUE;

        Round(Member requester, RoundParameters parameters) {
            this.requester = requester;
            this.number = parameters.round();
            this.participants = List.copyOf(parameters.members().keySet());
            this.coordinator = new Coordinator(this, parameters);
            parameters
                    .request()
                    .cancellation()
                    .ifPresent(cancellation -> cancellation.onCancel(() -> {
                        coordinator.end(ClusterReport.Outcome.CANCELLED, nanoTime.getAsLong());
                        next();
                    }));
        }

        void begin() {
            coordinator.begin(nanoTime.getAsLong());
            next();
        }

        void receive(Reply reply) {
            coordinator.receive(reply, nanoTime.getAsLong());
            next();
        }

        void update(String member, Presence presence) {
            coordinator.update(member, presence, nanoTime.getAsLong());
            next();
        }

        private void next() {
            if (coordinator.isReported()) {
                requester.rounds.remove(number);
                return;
            }
            long due = coordinator.dueNanos();
            if (due != dueNanos) {
                dueNanos = due;
                network.after(Duration.ofNanos(Math.max(0, due - nanoTime.getAsLong())), () -> {
                    if (due == dueNanos && !coordinator.isReported()) {
                        dueNanos = Long.MIN_VALUE;
                        coordinator.tick(nanoTime.getAsLong());
                        next();
                    }
                });
            }
        }

        @Override
        public void send(int participant, ClusterMessage message) {
            deliver(requester.name, participants.get(participant), message);
        }

        @Override
        public void report(ClusterReport report) {
            result.complete(report);
        }
    }
}
