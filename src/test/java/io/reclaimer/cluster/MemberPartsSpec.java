package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.cluster.ClusterMessage.Request;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.testkit.FakeCountReport;
import io.reclaimer.testkit.FakeReclaimReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Base of the tests of {@link MemberParts}; the clock, the reclaimer and the other members are the test's. */
abstract class MemberPartsSpec {

    static final String STOPPED = "visits were not made, or ended early: [3] STOPPED";

    record Counting(long round, ReclaimRequest request) {}

    record Running(long round, int part, ReclaimRequest request) {}

    record Sent(String to, ClusterMessage message) {}

    final List<Counting> counting = new ArrayList<>();
    final List<Running> running = new ArrayList<>();
    final List<Sent> sent = new ArrayList<>();
    long nonce = Messages.NONCE;

    final MemberParts parts;

    /** @param maxParts the number of slots */
    MemberPartsSpec(int maxParts) {
        this(maxParts, GiveLimit.UNLIMITED);
    }

    /** @param giveBytes the limit of the {@link GiveLimit} */
    MemberPartsSpec(int maxParts, long giveBytes) {
        parts = new MemberParts(
                new MemberEnvironment() {
                    @Override
                    public void count(long round, ReclaimRequest request) {
                        counting.add(new Counting(round, request));
                    }

                    @Override
                    public void reclaim(long round, int part, ReclaimRequest request) {
                        running.add(new Running(round, part, request));
                    }

                    @Override
                    public MemberEnvironment.Heap heap() {
                        return new MemberEnvironment.Heap(MemberPressure.LOW, 70, 100);
                    }

                    @Override
                    public long nonce() {
                        return nonce;
                    }
                },
                name -> {
                    Integer number = Map.of("heap", 0, "direct", 1).get(name);
                    if (number == null) {
                        throw new ReclaimerException(Reason.NO_SUCH_NODE, "There is no node [" + name + "]");
                    }
                    return number;
                },
                maxParts,
                new GiveLimit(giveBytes));
    }

    /** Receives a request of {@code "a"}. */
    void receive(Request message, long now) {
        receive("a", message, now);
    }

    void receive(String from, Request message, long now) {
        Consumer<Reply> replies = reply -> sent.add(new Sent(from, reply));
        if (message instanceof Count count) {
            parts.count(replies, Messages.REQUESTER, count, now);
        } else if (message instanceof Reclaim part) {
            parts.reclaim(replies, part, now);
        } else if (message instanceof Cancel cancel) {
            parts.cancel(cancel);
        }
    }

    void cancel(long round) {
        receive(Messages.cancel(round), 0);
    }

    Count count(long round) {
        return count(round, List.of(), List.of());
    }

    Count count(long round, List<String> nodes, List<String> flags) {
        return Messages.count(round, 3, "/shop", nodes, flags);
    }

    Reclaim reclaim(long round, int part, long objects, long untilMillis) {
        return Messages.reclaim(round, 3, part, objects, untilMillis);
    }

    Reclaim part(long round, long ofNonce) {
        return new Reclaim(round, 3, 1, 500, 12, 4_000_000, Messages.NOBODY, Messages.UID, ofNonce);
    }

    /** A result with objects of ten bytes. A part that ends short is exhausted. */
    static Reclaimed reclaimed(long round, int part, String end, long freed) {
        return new Reclaimed(round, 3, part, end, freed, 10 * freed, end.equals("TARGET_MISSED"), false, "");
    }

    static Reclaimed notBegun(long round, int part, String end, String reason) {
        return new Reclaimed(round, 3, part, end, 0, 0, false, true, reason);
    }

    /** Has a round counted, and offered at that time. */
    void offered(long round, long atMillis) {
        receive(count(round), 0);
        counted(counting.size() - 1, millis(atMillis));
        take();
    }

    /** Has a round counted and offered, and starts its first part. */
    void started(long round, long objects) {
        offered(round, 0);
        receive(reclaim(round, 1, objects, 4_000), 1);
    }

    void counted(int index, long now) {
        parts.counted(counting.get(index).round(), counted(RoundOutcome.DONE, Map.of()), null, now);
    }

    static CountReport counted(RoundOutcome outcome, Map<Shortfall, Long> shortfalls) {
        return new FakeCountReport(
                CgroupPath.of("/shop"),
                outcome,
                1_000,
                4_000,
                Collections.nCopies(13, 9L),
                1,
                Duration.ZERO,
                List.of(),
                0,
                shortfalls,
                0);
    }

    void ended(int index, RoundOutcome outcome, long freed) {
        ended(index, outcome, freed, Map.of());
    }

    void ended(int index, RoundOutcome outcome, long freed, Map<Shortfall, Long> shortfalls) {
        freed(index, outcome, freed, 10 * freed, shortfalls, 5);
    }

    void freed(int index, RoundOutcome outcome, long objects, long bytes, long now) {
        freed(index, outcome, objects, bytes, Map.of(), now);
    }

    private void freed(
            int index, RoundOutcome outcome, long objects, long bytes, Map<Shortfall, Long> shortfalls, long now) {
        ReclaimReport report = new FakeReclaimReport(
                CgroupPath.of("/shop"),
                outcome,
                objects,
                bytes,
                0,
                objects,
                1,
                0,
                12,
                0,
                Duration.ZERO,
                List.of(),
                0,
                shortfalls);
        parts.reclaimed(running.get(index).round(), running.get(index).part(), report, null, now);
    }

    Cancellation cancellation(int index) {
        return running.get(index).request().cancellation().orElseThrow();
    }

    Refused refusal() {
        List<Sent> taken = take();
        assertThat(taken).hasSize(1);
        return (Refused) taken.get(0).message();
    }

    String reason() {
        return refusal().reason();
    }

    List<Sent> take() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
