package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Rounds over members that are all in one process, decided by the code that members of a real cluster run, over a network and
 * by a clock of somebody else's: for scenarios and tests, in which the same is to happen again. Without Akka Cluster, heads and
 * the shared table. One thread's.
 */
public final class ClusterRehearsal {

    /** What is between the members, and the clock. */
    public interface Network {
        /** Has something arrive at a member; never, where it is lost. Nobody sends to itself this way. */
        void send(String from, String to, Runnable arrival);

        /** Runs something so much later. */
        void after(Duration delay, Runnable what);
    }

    private static final Duration RESEND_AFTER = Duration.ofMillis(500);

    private final Network network;
    private final LongSupplier nanoTime;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private long lastRound;
    private long lastNonce;

    /** @param nanoTime nanoseconds from any start */
    public ClusterRehearsal(Network network, LongSupplier nanoTime) {
        this.network = network;
        this.nanoTime = nanoTime;
    }

    /** One more member. */
    public void add(String name, Reclaimer reclaimer) {
        members.put(name, new Member(name, reclaimer));
    }

    /** From now on the others know that it can't be reached, or can. */
    public void reachable(String name, boolean isReachable) {
        Member changed = members.get(name);
        if (changed != null) {
            changed.presence = isReachable ? Presence.HERE : Presence.UNREACHABLE;
            members.values().stream()
                    .filter(member -> member != changed)
                    .forEach(member -> List.copyOf(member.rounds.values())
                            .forEach(round -> round.changed(name, changed.presence)));
        }
    }

    /**
     * A round, requested on that member. See {@link ClusterReclaimer#reclaim(ClusterRequest)}.
     *
     * @throws NullPointerException where an argument is null
     */
    public CompletionStage<ClusterReport> reclaim(String on, ClusterRequest request) {
        Member requester = members.get(Objects.requireNonNull(on, "on"));
        Objects.requireNonNull(request, "request");
        if (requester == null) {
            return CompletableFuture.failedStage(
                    new IllegalArgumentException("There is no member [" + on + "]; there are " + members.keySet()));
        }
        try {
            RequestRule.check(request, requester.reclaimer.settings());
        } catch (ReclaimerException e) {
            return CompletableFuture.failedStage(e);
        }
        Round round = new Round(++lastRound, requester, request.request());
        requester.rounds.put(round.number, round);
        round.begin(guests(on, request));
        return round.answer;
    }

    private List<Guest> guests(String on, ClusterRequest request) {
        List<Guest> guests = new ArrayList<>();
        for (String name : request.members().isEmpty() ? new TreeSet<>(members.keySet()) : request.members()) {
            Member member = members.get(name);
            Presence presence = member == null ? Presence.GONE : name.equals(on) ? Presence.HERE : member.presence;
            guests.add(new Guest(name, presence));
        }
        return guests;
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

    /** One member: what it does for others' rounds, and its own rounds. */
    private final class Member implements MemberParts.Port<String> {
        private final String name;
        private final Reclaimer reclaimer;
        private final MemberParts<String> parts;
        private final Map<Long, Round> rounds = new HashMap<>();
        private Presence presence = Presence.HERE;
        private OptionalLong partsDue = OptionalLong.empty();

        Member(String name, Reclaimer reclaimer) {
            this.name = name;
            this.reclaimer = reclaimer;
            ClusterSettings settings =
                    ClusterSettings.of(reclaimer.system().settings().config());
            this.parts = new MemberParts<>(
                    this, reclaimer.settings()::node, settings.maxParts(), new GiveBudget(settings.giveBytes()));
        }

        private void receive(String from, ClusterMessage message) {
            long now = nanoTime.getAsLong();
            if (message instanceof Count count) {
                parts.count(from, new Requester(from, count.fromUid(), from.equals(name)), count, now);
            } else if (message instanceof Reclaim part) {
                parts.reclaim(from, part, now);
            } else if (message instanceof Cancel cancel) {
                parts.cancel(cancel);
            } else if (message instanceof Offer offer) {
                decide(offer.round(), round -> round.fanOut.offered(offer, now));
            } else if (message instanceof Reclaimed reclaimed) {
                decide(reclaimed.round(), round -> round.fanOut.reclaimed(reclaimed, now));
            } else if (message instanceof Refused refused) {
                decide(refused.round(), round -> round.fanOut.refused(refused, now));
            }
            partsChanged();
        }

        /** Wakes up when what waits for a place may not wait any longer. */
        private void partsChanged() {
            OptionalLong due = parts.dueNanos();
            if (due.isPresent() && !due.equals(partsDue)) {
                long delay = Math.max(0, due.getAsLong() - nanoTime.getAsLong());
                network.after(Duration.ofNanos(delay), () -> {
                    parts.tick(nanoTime.getAsLong());
                    partsChanged();
                });
            }
            partsDue = due;
        }

        private void decide(long number, Consumer<Round> what) {
            Round round = rounds.get(number);
            if (round != null) {
                what.accept(round);
                round.next();
            }
        }

        @Override
        public void count(long round, ReclaimRequest request) {
            reclaimer.count(request).whenComplete((report, why) -> counted(round, report, why));
        }

        private void counted(long round, @Nullable CountReport report, @Nullable Throwable why) {
            parts.counted(round, report, why, nanoTime.getAsLong());
            partsChanged();
        }

        @Override
        public void reclaim(long round, int part, ReclaimRequest request) {
            reclaimer.reclaim(request).whenComplete((report, why) -> reclaimed(round, part, report, why));
        }

        private void reclaimed(long round, int part, @Nullable ReclaimReport report, @Nullable Throwable why) {
            parts.reclaimed(round, part, report, why, nanoTime.getAsLong());
            partsChanged();
        }

        @Override
        public void send(String to, ClusterMessage message) {
            deliver(name, to, message);
        }

        @Override
        public MemberParts.Heap heap() {
            return new MemberParts.Heap(MemberPressure.UNWATCHED, 0, 0);
        }

        @Override
        public long nonce() {
            return ++lastNonce;
        }
    }

    /** One round: the clock and the timer of a {@link FanOut}. */
    private final class Round implements FanOut.Port {
        private final long number;
        private final Member requester;
        private final CompletableFuture<ClusterReport> answer = new CompletableFuture<>();
        private final List<String> seats = new ArrayList<>();
        private final FanOut fanOut;
        private long dueNanos = Long.MIN_VALUE;

        Round(long number, Member requester, ReclaimRequest request) {
            this.number = number;
            this.requester = requester;
            ActorRef<ClusterMessage> nobody = requester.reclaimer.system().ignoreRef();
            Terms terms = new Terms(
                    request,
                    request.nodes().stream()
                            .map(requester.reclaimer.settings()::nodeName)
                            .toList(),
                    request.within().orElse(requester.reclaimer.settings().roundDeadline()),
                    RESEND_AFTER,
                    number);
            this.fanOut = new FanOut(this, number, terms, new Sender(nobody, 1));
            request.cancellation()
                    .ifPresent(cancellation -> cancellation.onCancel(() -> {
                        fanOut.end(ClusterReport.Outcome.CANCELLED, nanoTime.getAsLong());
                        next();
                    }));
        }

        void begin(List<Guest> guests) {
            guests.forEach(guest -> seats.add(guest.member()));
            fanOut.begin(guests, nanoTime.getAsLong());
            next();
        }

        void changed(String member, Presence presence) {
            fanOut.changed(member, presence, nanoTime.getAsLong());
            next();
        }

        private void next() {
            if (fanOut.isAnswered()) {
                requester.rounds.remove(number);
                return;
            }
            long due = fanOut.dueNanos();
            if (due != dueNanos) {
                dueNanos = due;
                network.after(Duration.ofNanos(Math.max(0, due - nanoTime.getAsLong())), () -> {
                    if (due == dueNanos && !fanOut.isAnswered()) {
                        dueNanos = Long.MIN_VALUE;
                        fanOut.tick(nanoTime.getAsLong());
                        next();
                    }
                });
            }
        }

        @Override
        public void send(int seat, ClusterMessage message) {
            deliver(requester.name, seats.get(seat), message);
        }

        @Override
        public void answer(ClusterReport report) {
            answer.complete(report);
        }
    }
}
