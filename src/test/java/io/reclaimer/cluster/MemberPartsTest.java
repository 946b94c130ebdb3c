package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.testkit.ReclaimerKit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a member does in rounds of others; time, the reclaimer and the others are the test's. */
class MemberPartsTest {

    @RegisterExtension
    final ReclaimerKit kit = ReclaimerKit.create();

    private record Counting(long round, ReclaimRequest request) {}

    private record Running(long round, int part, ReclaimRequest request) {}

    private record Sent(String to, ClusterMessage message) {}

    private final List<Counting> counting = new ArrayList<>();
    private final List<Running> running = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();

    private final MemberParts<String> parts = new MemberParts<>(
            new MemberParts.Port<>() {
                @Override
                public void count(long round, ReclaimRequest request) {
                    counting.add(new Counting(round, request));
                }

                @Override
                public void reclaim(long round, int part, ReclaimRequest request) {
                    running.add(new Running(round, part, request));
                }

                @Override
                public void send(String to, ClusterMessage message) {
                    sent.add(new Sent(to, message));
                }

                @Override
                public MemberParts.Heap heap() {
                    return new MemberParts.Heap(MemberPressure.LOW, 70, 100);
                }
            },
            name -> {
                Integer number = Map.of("heap", 0, "direct", 1).get(name);
                if (number == null) {
                    throw new ReclaimerException(Reason.NO_SUCH_NODE, "There is no node [" + name + "]");
                }
                return number;
            });

    @Test
    void offersWhatWasCounted() {
        parts.count("a", count(1, List.of("direct"), List.of("BACKGROUND", "LOSSLESS_ONLY")), 0);
        ReclaimRequest request = counting.get(0).request();
        assertThat(request.cgroup()).isEqualTo(CgroupPath.of("/shop"));
        assertThat(request.nodes()).containsExactly(1);
        assertThat(request.flags()).containsExactlyInAnyOrder(ReclaimFlag.BACKGROUND, ReclaimFlag.LOSSLESS_ONLY);
        assertThat(request.within()).contains(Duration.ofSeconds(2));
        counted(0, 5);
        assertThat(take())
                .containsExactly(
                        new Sent("a", new Offer(1, 3, 1_000, 4_000, Collections.nCopies(13, 9L), "LOW", 70, 100)));
    }

    @Test
    void countThatComesTwiceIsCountedOnceAndAnsweredTwice() {
        parts.count("a", count(1), 0);
        parts.count("a", count(1), 1);
        assertThat(counting).hasSize(1);
        counted(0, 5);
        parts.count("a", count(1), 6);
        assertThat(counting).hasSize(1);
        assertThat(take()).hasSize(2).allMatch(one -> one.message() instanceof Offer);
    }

    /** By their numbers, of which no two members have the same. */
    @Test
    void roundsOfSeveralMembersAreKeptApart() {
        parts.count("a", count(1), 0);
        parts.count("b", count(2), 0);
        assertThat(counting).hasSize(2);
        counted(1, 5);
        assertThat(take()).singleElement().matches(one -> one.to().equals("b"));
        counted(0, 5);
        assertThat(take()).singleElement().matches(one -> one.to().equals("a"));
        parts.cancel(new Cancel(2, kit.system().ignoreRef()));
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), millis(6));
        parts.reclaim("b", reclaim(2, 1, 500, 4_000), millis(6));
        assertThat(running).singleElement().matches(one -> one.round() == 1);
        assertThat(take()).containsExactly(new Sent("b", new Reclaimed(2, 3, 1, "CANCELLED", 0, 0)));
    }

    /** A round may ask by way of another member, and by itself when nothing comes of that. */
    @Test
    void answersGoToWhoeverAskedLast() {
        parts.count("head", count(1), 0);
        parts.count("a", count(1), 1);
        assertThat(counting).hasSize(1);
        counted(0, 5);
        assertThat(take()).singleElement().matches(one -> one.to().equals("a"));
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 6);
        parts.reclaim("head", reclaim(1, 1, 500, 4_000), 7);
        ended(0, ReclaimReport.Outcome.MET, 512);
        assertThat(take()).containsExactly(new Sent("head", new Reclaimed(1, 3, 1, "DONE", 512, 5_120)));
    }

    @Test
    void partRunsUntilTheTimeAfterTheOffer() {
        offered(1, 1_000);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), millis(1_500));
        Running part = running.get(0);
        assertThat(part.request().objects()).hasValue(500);
        assertThat(part.request().priority()).isEqualTo(12);
        assertThat(part.request().within()).contains(Duration.ofMillis(3_500));
        ended(0, ReclaimReport.Outcome.MET, 512);
        assertThat(take()).containsExactly(new Sent("a", new Reclaimed(1, 3, 1, "DONE", 512, 5_120)));
    }

    /** What a frozen member finds when it wakes up. */
    @Test
    void partThatComesTooLateFreesNothing() {
        offered(1, 1_000);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), millis(5_000));
        assertThat(running).isEmpty();
        assertThat(take()).containsExactly(new Sent("a", new Reclaimed(1, 3, 1, "DEADLINE", 0, 0)));
    }

    @Test
    void partThatComesTwiceRunsOnceAndIsAnsweredTwice() {
        offered(1, 0);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 1);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 2);
        assertThat(take()).isEmpty();
        ended(0, ReclaimReport.Outcome.SHORT, 100);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 3);
        assertThat(running).hasSize(1);
        assertThat(take()).hasSize(2).containsOnly(new Sent("a", new Reclaimed(1, 3, 1, "SHORT", 100, 1_000)));
    }

    @Test
    void partThatWasOvertakenIsIgnored() {
        offered(1, 0);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 1);
        ended(0, ReclaimReport.Outcome.MET, 500);
        parts.reclaim("a", reclaim(1, 2, 30, 4_000), 2);
        ended(1, ReclaimReport.Outcome.MET, 30);
        take();
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 3);
        assertThat(running).hasSize(2);
        assertThat(take()).isEmpty();
    }

    @Test
    void secondPartWhileTheFirstIsUnderWayIsRefused() {
        offered(1, 0);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 1);
        parts.reclaim("a", reclaim(1, 2, 500, 4_000), 1);
        assertThat(running).hasSize(1);
        assertThat(reason()).contains("still under way");
    }

    @Test
    void partOfAnUnknownRoundIsRefused() {
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 1);
        assertThat(reason()).contains("knows nothing of the round");
        parts.count("a", count(2), 0);
        parts.reclaim("a", reclaim(2, 1, 500, 4_000), 1);
        assertThat(reason()).contains("knows nothing of the round");
        assertThat(running).isEmpty();
    }

    @Test
    void unknownNodeIsRefusedByName() {
        parts.count("a", count(1, List.of("gpu"), List.of()), 0);
        assertThat(reason()).contains("[gpu]");
        assertThat(parts.known()).isZero();
    }

    /** A background round does not start at priority 0. */
    @Test
    void partAtAPriorityThatIsNotAllowedIsRefused() {
        parts.count("a", count(1, List.of(), List.of("BACKGROUND")), 0);
        counted(0, 0);
        take();
        parts.reclaim("a", new Reclaim(1, 3, 1, 10, 0, 4_000_000, kit.system().ignoreRef()), 1);
        assertThat(reason()).contains("12 to 1");
        assertThat(parts.running()).isZero();
    }

    @Test
    void whatTheReclaimerRefusesIsRefused() {
        parts.count("a", count(1), 0);
        parts.counted(counting.get(0).round(), null, new ReclaimerException(Reason.TOO_MANY_ROUNDS, "too many"), 1);
        assertThat(reason()).isEqualTo("too many");
        offered(2, 0);
        parts.reclaim("a", reclaim(2, 1, 500, 4_000), 1);
        parts.reclaimed(
                running.get(0).round(), 1, null, new ReclaimerException(Reason.TOO_MANY_ROUNDS, "x".repeat(600)));
        assertThat(reason()).hasSize(512);
        assertThat(parts.running()).isZero();
    }

    /** It has to say something, for an empty reason can't be sent. */
    @Test
    void failureThatSaysNothingIsRefusedToo() {
        parts.count("a", count(1), 0);
        parts.counted(1, null, new IllegalStateException(""), 1);
        assertThat(reason()).isEqualTo("java.lang.IllegalStateException");
        offered(2, 0);
        parts.reclaim("a", reclaim(2, 1, 500, 4_000), 1);
        parts.reclaimed(2, 1, null, new CompletionException(new IllegalStateException("\uD83D")));
        assertThat(reason()).isEqualTo("?");
    }

    @Test
    void cancelEndsThePartUnderWayAndRefusesLaterOnes() {
        offered(1, 0);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 1);
        parts.cancel(new Cancel(2, kit.system().ignoreRef()));
        assertThat(cancellation(0).isCancelled()).isFalse();
        parts.cancel(new Cancel(1, kit.system().ignoreRef()));
        assertThat(cancellation(0).isCancelled()).isTrue();
        ended(0, ReclaimReport.Outcome.CANCELLED, 20);
        parts.reclaim("a", reclaim(1, 2, 500, 4_000), 2);
        assertThat(take())
                .containsExactly(
                        new Sent("a", new Reclaimed(1, 3, 1, "CANCELLED", 20, 200)),
                        new Sent("a", new Reclaimed(1, 3, 2, "CANCELLED", 0, 0)));
    }

    @Test
    void oneThatLeavesEndsItsPartsAndRefusesOthers() {
        offered(1, 0);
        offered(2, 0);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 1);
        parts.leave();
        assertThat(cancellation(0).isCancelled()).isTrue();
        ended(0, ReclaimReport.Outcome.CANCELLED, 20);
        parts.reclaim("a", reclaim(2, 1, 500, 4_000), 2);
        assertThat(take())
                .containsExactly(
                        new Sent("a", new Reclaimed(1, 3, 1, "SHUTDOWN", 20, 200)),
                        new Sent("a", new Reclaimed(2, 3, 1, "SHUTDOWN", 0, 0)));
        parts.count("a", count(3), 3);
        assertThat(reason()).contains("leaving");
    }

    @Test
    void cgroupThatIsNotOnlineIsShortOfATargetAndDoneWithoutOne() {
        offered(1, 0);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 1);
        ended(0, ReclaimReport.Outcome.NOT_ONLINE, 0);
        parts.reclaim("a", reclaim(1, 2, 0, 4_000), 1);
        assertThat(running.get(1).request().objects()).isEmpty();
        ended(1, ReclaimReport.Outcome.NOT_ONLINE, 0);
        assertThat(take()).extracting(one -> ((Reclaimed) one.message()).end()).containsExactly("SHORT", "DONE");
    }

    @Test
    void whatIsOverIsForgottenAndWhatIsUnderWayIsNot() {
        offered(1, 0);
        offered(2, 0);
        parts.reclaim("a", reclaim(2, 1, 500, 4_000), 1);
        parts.forgetOld(millis(10_999));
        assertThat(parts.known()).isEqualTo(2);
        parts.forgetOld(millis(11_000));
        assertThat(parts.known()).isOne();
        ended(0, ReclaimReport.Outcome.MET, 500);
        parts.forgetOld(millis(11_000));
        assertThat(parts.known()).isZero();
        assertThat(take()).singleElement().matches(one -> one.message() instanceof Reclaimed);
    }

    /** Where rounds are quick, many are known that are over. */
    @Test
    void oldestRoundThatIsNotUnderWayMakesRoomForANewOne() {
        offered(0, 0);
        parts.reclaim("a", reclaim(0, 1, 500, 4_000), 1);
        for (int i = 1; i < MemberParts.MOST_ROUNDS; i++) {
            offered(i, 0);
        }
        offered(9_999, 0);
        assertThat(parts.known()).isEqualTo(MemberParts.MOST_ROUNDS);
        parts.reclaim("a", reclaim(1, 1, 500, 4_000), 1);
        assertThat(reason()).contains("knows nothing of the round");
        ended(0, ReclaimReport.Outcome.MET, 500);
        assertThat(take()).singleElement().matches(one -> one.message() instanceof Reclaimed);
    }

    @Test
    void moreRoundsThanAllowedAreRefused() {
        for (int i = 0; i < MemberParts.MOST_ROUNDS; i++) {
            parts.count("a", count(i), 0);
        }
        parts.count("a", count(9_999), 0);
        assertThat(reason()).contains("[1024] rounds");
        assertThat(parts.known()).isEqualTo(MemberParts.MOST_ROUNDS);
    }

    private Count count(long round) {
        return count(round, List.of(), List.of());
    }

    private Count count(long round, List<String> nodes, List<String> flags) {
        return new Count(
                round,
                3,
                "/shop",
                false,
                nodes,
                flags,
                10_000,
                2_000,
                kit.system().ignoreRef());
    }

    private Reclaim reclaim(long round, int part, long objects, long untilMillis) {
        return new Reclaim(
                round, 3, part, objects, 12, 1_000 * untilMillis, kit.system().ignoreRef());
    }

    /** A round that was counted for, and offered at that time. */
    private void offered(long round, long atMillis) {
        parts.count("a", count(round), 0);
        counted(counting.size() - 1, millis(atMillis));
        take();
    }

    private void counted(int index, long now) {
        CountReport report = new CountReport(
                CgroupPath.of("/shop"),
                ReclaimReport.Outcome.DONE,
                1_000,
                4_000,
                Collections.nCopies(13, 9L),
                1,
                Duration.ZERO,
                List.of(),
                0,
                Map.of());
        parts.counted(counting.get(index).round(), report, null, now);
    }

    private void ended(int index, ReclaimReport.Outcome outcome, long freed) {
        ReclaimReport report = new ReclaimReport(
                CgroupPath.of("/shop"),
                outcome,
                freed,
                10 * freed,
                0,
                freed,
                1,
                0,
                12,
                0,
                Duration.ZERO,
                List.of(),
                0,
                Map.of());
        parts.reclaimed(running.get(index).round(), running.get(index).part(), report, null);
    }

    private Cancellation cancellation(int index) {
        return running.get(index).request().cancellation().orElseThrow();
    }

    private String reason() {
        List<Sent> taken = take();
        assertThat(taken).hasSize(1);
        return Optional.of(taken.get(0).message())
                .map(Refused.class::cast)
                .orElseThrow()
                .reason();
    }

    private List<Sent> take() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
