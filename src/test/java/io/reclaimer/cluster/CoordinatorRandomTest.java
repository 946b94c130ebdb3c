package io.reclaimer.cluster;

import static io.reclaimer.cluster.FakeRound.round;
import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.cluster.ClusterMessage.Reply;
import io.reclaimer.cluster.ClusterReport.Member;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.testkit.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Invariants of rounds over participants that reply anything, late, twice, or not at all. */
class CoordinatorRandomTest {

    private static final int ROUNDS = 5_000;

    /** Far more than a round of ten seconds needs. */
    private static final int MAX_STEPS = 5_000;

    private static final long NANOS_A_MILLI = 1_000_000;

    private static final Set<MemberOutcome> AWAY = Set.of(MemberOutcome.UNREACHABLE, MemberOutcome.LEFT);

    private record Event(long atMillis, long number, Runnable what) {}

    /** One round and its simulated participants. */
    private static final class Play {
        private final Seeded random;
        private final boolean hasTarget;
        private final FakeRound round;
        private final long target;
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::atMillis).thenComparingLong(Event::number));
        private final int members;
        private boolean isEnded;
        private long now;
        private long number;
        private long said;

        Play(Seeded random) {
            this.random = random;
            this.members = random.nextInt(5);
            this.hasTarget = random.nextInt(3) > 0;
            this.target = 1L + random.nextInt(3_000);
            ReclaimRequest request = ReclaimRequest.in("/shop");
            Presence[] presences = new Presence[members];
            for (int i = 0; i < members; i++) {
                presences[i] = random.nextInt(3) > 0 ? Presence.HERE : presence();
            }
            this.round = round(hasTarget ? request.objects(target) : request, presences);
        }

        private Presence presence() {
            return Presence.values()[random.nextInt(Presence.values().length)];
        }

        void run() {
            for (int i = random.nextInt(3); i > 0 && members > 0; i--) {
                int participant = random.nextInt(members);
                Presence presence = presence();
                after(random.nextInt(10_000), () -> round.changed(participant, presence, now));
            }
            if (random.nextInt(6) == 0) {
                after(random.nextInt(10_000), () -> {
                    isEnded = round.reports.isEmpty();
                    round.coordinator.end(Outcome.CANCELLED, FakeRound.millis(now));
                });
            }
            answerAll();
            for (int step = 0; round.reports.isEmpty(); step++) {
                assertThat(step).as("%s: it goes round in circles", random).isLessThan(MAX_STEPS);
                // Rounded up, so that it is due.
                step((round.coordinator.dueNanos() + NANOS_A_MILLI - 1) / NANOS_A_MILLI);
            }
        }

        private void step(long dueMillis) {
            Event next = events.peek();
            if (next != null && next.atMillis() <= dueMillis) {
                events.poll();
                now = Math.max(now, next.atMillis());
                next.what().run();
            } else {
                assertThat(dueMillis).as("%s: it wakes up later", random).isGreaterThanOrEqualTo(now);
                now = dueMillis;
                round.tick(now);
            }
            answerAll();
        }

        private void after(long delay, Runnable what) {
            events.add(new Event(now + delay, number++, what));
        }

        private void answerAll() {
            for (FakeRound.Sent one : round.reports.isEmpty() ? round.take() : List.<FakeRound.Sent>of()) {
                int times = random.nextInt(12) == 0 ? random.nextInt(3) : 1;
                for (int i = 0; i < times; i++) {
                    long delay = random.nextInt(10) == 0 ? random.nextInt(6_000) : random.nextInt(20);
                    Reply reply = reply(one);
                    if (reply != null) {
                        after(delay, () -> round.coordinator.receive(reply, FakeRound.millis(now)));
                    }
                }
            }
        }

        private Reply reply(FakeRound.Sent one) {
            int participant = one.participant();
            if (one.message() instanceof Cancel) {
                return null;
            }
            int part = one.message() instanceof Reclaim reclaim ? reclaim.part() : 0;
            if (random.nextInt(12) == 0) {
                return new Refused(FakeRound.ROUND, participant, "no", part, random.nextInt(4) > 0);
            }
            if (one.message() instanceof Count) {
                long objects = random.nextInt(4) == 0 ? 0 : random.nextInt(2_000);
                boolean complete = random.nextInt(4) > 0;
                return new Offer(
                        FakeRound.ROUND,
                        participant,
                        objects,
                        objects,
                        Collections.nCopies(13, objects),
                        "NONE",
                        0,
                        0,
                        ++said,
                        complete,
                        complete ? "" : "[1] STUCK");
            }
            return ended(participant, ((Reclaim) one.message()));
        }

        private Reclaimed ended(int participant, Reclaim part) {
            String end = List.of(
                            "DONE",
                            "DONE",
                            "TARGET_MISSED",
                            "TARGET_MISSED",
                            "DEADLINE",
                            "CANCELLED",
                            "SHUTDOWN",
                            "LATER")
                    .get(random.nextInt(8));
            boolean notBegun = end.equals("DEADLINE") && random.nextBoolean();
            long freed = notBegun ? 0 : end.equals("DONE") ? part.objects() : random.nextInt((int) part.objects() + 1);
            boolean exhausted = end.equals("TARGET_MISSED") && random.nextInt(3) > 0;
            return new Reclaimed(FakeRound.ROUND, participant, part.part(), end, freed, freed, exhausted, notBegun, "");
        }

        void check() {
            ClusterReport report = round.report();
            String name = random + " " + report;
            assertThat(report.elapsed()).as(name).isLessThanOrEqualTo(Duration.ofSeconds(10));
            assertThat(report.members()).as(name).hasSize(members);
            assertThat(report.freedObjects())
                    .as(name)
                    .isEqualTo(report.members().stream()
                            .mapToLong(Member::freedObjects)
                            .sum());
            for (Member member : report.members()) {
                assertThat(member.outcome() == MemberOutcome.DONE
                                || member.reason().isPresent())
                        .as(name)
                        .isTrue();
            }
            checkOutcome(name, report);
        }

        private void checkOutcome(String name, ClusterReport report) {
            List<Member> present = new ArrayList<>(report.members());
            present.removeIf(member -> AWAY.contains(member.outcome()));
            switch (report.outcome()) {
                case TARGET_REACHED ->
                    assertThat(report.freedObjects()).as(name).isGreaterThanOrEqualTo(target);
                case TARGET_MISSED -> {
                    assertThat(hasTarget && report.freedObjects() < target)
                            .as(name)
                            .isTrue();
                    assertThat(present).as(name).allMatch(Member::isExhausted);
                }
                case DONE -> {
                    assertThat(hasTarget).as(name).isFalse();
                    assertThat(present).as(name).allMatch(member -> member.outcome() == MemberOutcome.DONE);
                }
                case PARTIAL, DEADLINE -> {
                    assertThat(hasTarget && report.freedObjects() >= target)
                            .as(name)
                            .isFalse();
                    assertThat(report.members())
                            .as(name)
                            .anyMatch(member ->
                                    hasTarget ? !member.isExhausted() : member.outcome() != MemberOutcome.DONE);
                }
                case CANCELLED -> assertThat(isEnded).as(name).isTrue();
                case SHUTDOWN -> throw new AssertionError(name);
            }
        }
    }

    @Test
    void whatARoundSaysIsSoWhateverMembersDo() {
        Seeded random = Seeded.create();
        for (int i = 0; i < ROUNDS; i++) {
            Play play = new Play(random.fork(i));
            play.run();
            play.check();
        }
    }
}
