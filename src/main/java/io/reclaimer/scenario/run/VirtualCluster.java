package io.reclaimer.scenario.run;

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
import io.reclaimer.scenario.model.Scenario.Cluster;
import io.reclaimer.scenario.time.VirtualTime;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ObjLongConsumer;

/**
 * Rounds over members that are all in this process, decided by the code that the members of a real cluster run. The network is a
 * model. Without Akka Cluster and the shared table. Confined to the thread of the run.
 */
final class VirtualCluster {

    private static final Duration RESEND_AFTER = Duration.ofMillis(500);

    private final Cluster model;
    private final VirtualTime time;
    private final Random random;
    private final Map<String, Member> members = new TreeMap<>();
    private long lastRound;
    private long lastNonce;

    VirtualCluster(Cluster model, VirtualTime time, Random random) {
        this.model = model;
        this.time = time;
        this.random = random;
    }

    void add(String name, Reclaimer reclaimer) {
        members.put(name, new Member(name, reclaimer));
    }

    private Member member(String name) {
        return Objects.requireNonNull(members.get(name), name);
    }

    /**
     * Starts a round on a member, as {@link io.reclaimer.cluster.ClusterReclaimer#reclaim(ClusterRequest)} does.
     *
     * @param over the members that are asked; empty for all
     */
    CompletionStage<ClusterReport> reclaim(String on, ReclaimRequest request, List<String> over) {
        Member requester = member(on);
        Map<String, Presence> candidates = new LinkedHashMap<>();
        for (String name : over.isEmpty() ? members.keySet() : over) {
            candidates.put(name, name.equals(on) ? Presence.HERE : member(name).presence);
        }
        try {
            RoundParameters parameters = RoundParameters.of(
                    ++lastRound,
                    ClusterRequest.of(request),
                    requester.reclaimer.settings(),
                    candidates,
                    RESEND_AFTER,
                    new RoundParameters.Sender(requester.reclaimer.system().ignoreRef(), 1));
            Round round = new Round(requester, parameters);
            requester.rounds.put(parameters.round(), round);
            round.perform(Coordinator::begin);
            return round.result;
        } catch (ReclaimerException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** Stops a member for ever, or until it wakes. The others notice after the time that the model gives. */
    void stop(String name, boolean forGood) {
        Member member = member(name);
        member.killed |= forGood;
        member.stopped = true;
        time.after(model.noticedAfter(), () -> {
            if (member.stopped) {
                report(member, Presence.UNREACHABLE);
            }
        });
    }

    /** Wakes a frozen member; the waiting messages arrive. */
    void wake(String name) {
        Member member = member(name);
        if (member.killed) {
            throw new IllegalArgumentException("[" + name + "] was killed, and does not wake");
        }
        if (!member.stopped) {
            throw new IllegalArgumentException("[" + name + "] is not frozen");
        }
        member.stopped = false;
        member.waiting.forEach(time::submit);
        member.waiting.clear();
        time.after(model.latency(), () -> {
            if (!member.stopped) {
                report(member, Presence.HERE);
            }
        });
    }

    /** Tells the other members of the presence of a member. */
    private void report(Member changed, Presence presence) {
        changed.presence = presence;
        members.values().stream()
                .filter(member -> member != changed)
                .flatMap(member -> List.copyOf(member.rounds.values()).stream())
                .forEach(round -> round.perform((coordinator, now) -> coordinator.update(changed.name, presence, now)));
    }

    private void send(Member from, Member to, Runnable arrival) {
        if (from == to) {
            time.after(Duration.ZERO, arrival);
        } else if (!from.killed && random.nextDouble() >= model.loss()) {
            if (from.stopped) {
                from.waiting.add(() -> send(from, to, arrival));
            } else {
                double share = 1 + model.spread() * (2 * random.nextDouble() - 1);
                time.after(Duration.ofNanos(Math.round(model.latency().toNanos() * share)), () -> arrive(to, arrival));
            }
        }
    }

    private static void arrive(Member to, Runnable arrival) {
        if (!to.stopped) {
            arrival.run();
        } else if (!to.killed) {
            to.waiting.add(arrival);
        }
    }

    /** A timer for a time that may change. */
    private final class Alarm {
        private OptionalLong dueNanos = OptionalLong.empty();

        void set(OptionalLong newDueNanos, Runnable task) {
            if (newDueNanos.isPresent() && !newDueNanos.equals(dueNanos)) {
                time.after(Duration.ofNanos(newDueNanos.getAsLong() - time.nowNanos()), () -> {
                    if (newDueNanos.equals(dueNanos)) {
                        dueNanos = OptionalLong.empty();
                        task.run();
                    }
                });
            }
            dueNanos = newDueNanos;
        }
    }

    /** One member: its parts in rounds of any member, and the rounds that were requested on it. */
    private final class Member implements MemberEnvironment {
        private final String name;
        private final Reclaimer reclaimer;
        private final MemberParts parts;
        private final Alarm alarm = new Alarm();
        private final Map<Long, Round> rounds = new HashMap<>();
        private Presence presence = Presence.HERE;
        private boolean killed;
        /** Killed or frozen: neither sends nor receives. */
        private boolean stopped;
        /** Messages to send or receive when the member wakes. */
        private final List<Runnable> waiting = new ArrayList<>();

        Member(String name, Reclaimer reclaimer) {
            this.name = name;
            this.reclaimer = reclaimer;
            this.parts = MemberParts.create(this, reclaimer);
        }

        private void receive(String from, ClusterMessage message) {
            if (message instanceof Count count) {
                Requester requester = new Requester(count.fromUid(), from.equals(name));
                perform((all, now) -> all.count(reply -> send(from, reply), requester, count, now));
            } else if (message instanceof Reclaim part) {
                perform((all, now) -> all.reclaim(reply -> send(from, reply), part, now));
            } else if (message instanceof Cancel cancel) {
                perform((all, now) -> all.cancel(cancel));
            } else if (message instanceof Reply reply && rounds.containsKey(reply.round())) {
                rounds.get(reply.round()).perform((coordinator, now) -> coordinator.receive(reply, now));
            }
        }

        private void send(String to, ClusterMessage message) {
            Member receiver = member(to);
            VirtualCluster.this.send(this, receiver, () -> receiver.receive(name, message));
        }

        private void perform(ObjLongConsumer<MemberParts> action) {
            action.accept(parts, time.nowNanos());
            alarm.set(parts.dueNanos(), () -> perform(MemberParts::tick));
        }

        @Override
        public void count(long round, ReclaimRequest request) {
            reclaimer
                    .count(request)
                    .whenComplete((report, why) -> perform((all, now) -> all.counted(round, report, why, now)));
        }

        @Override
        public void reclaim(long round, int part, ReclaimRequest request) {
            reclaimer
                    .reclaim(request)
                    .whenComplete((report, why) -> perform((all, now) -> all.reclaimed(round, part, report, why, now)));
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
        private final CompletableFuture<ClusterReport> result = new CompletableFuture<>();
        private final List<String> participants;
        private final Coordinator coordinator;
        private final Alarm alarm = new Alarm();

        Round(Member requester, RoundParameters parameters) {
            this.requester = requester;
            this.participants = List.copyOf(parameters.members().keySet());
            this.coordinator = new Coordinator(this, parameters);
            CompletionStage<ClusterReport> end = result;
            end.thenRun(() -> requester.rounds.remove(parameters.round()));
        }

        private void perform(ObjLongConsumer<Coordinator> action) {
            action.accept(coordinator, time.nowNanos());
            alarm.set(
                    coordinator.isReported() ? OptionalLong.empty() : OptionalLong.of(coordinator.dueNanos()),
                    () -> perform(Coordinator::tick));
        }

        @Override
        public void send(int participant, ClusterMessage message) {
            requester.send(participants.get(participant), message);
        }

        @Override
        public void report(ClusterReport report) {
            result.complete(report);
        }
    }
}
