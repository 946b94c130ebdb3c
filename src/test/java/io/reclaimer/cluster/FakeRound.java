package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.RoundParameters.Presence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@link Coordinator} whose clock and participants are the test's. Times are in milliseconds. The round has ten seconds,
 * and sends requests again after half a second.
 */
final class FakeRound {

    static final long ROUND = 7;

    record Sent(int participant, ClusterMessage message) {
        Reclaim part() {
            return (Reclaim) message;
        }
    }

    private final List<Sent> sent = new ArrayList<>();
    final List<ClusterReport> reports = new ArrayList<>();
    final Coordinator coordinator;

    static ReclaimRequest request(long objects) {
        return ReclaimRequest.in("/shop").objects(objects);
    }

    /** A round over one member for each presence: m0, m1, and so on. */
    static FakeRound round(ReclaimRequest request, Presence... presences) {
        return new FakeRound(request, Duration.ofSeconds(10), presences);
    }

    /** A round over members that have made complete offers at 0 ms. */
    static FakeRound offered(ReclaimRequest request, long... objects) {
        Presence[] presences = new Presence[objects.length];
        Arrays.fill(presences, Presence.HERE);
        FakeRound round = round(request, presences);
        for (int participant = 0; participant < objects.length; participant++) {
            round.offer(participant, objects[participant], 0);
        }
        return round;
    }

    FakeRound(ReclaimRequest request, Duration within, Presence... presences) {
        Coordinator.Output output = new Coordinator.Output() {
            @Override
            public void send(int participant, ClusterMessage message) {
                assertThat(reports).as("nothing is sent after the answer").isEmpty();
                sent.add(new Sent(participant, message));
            }

            @Override
            public void report(ClusterReport report) {
                reports.add(report);
            }
        };
        Map<String, Presence> members = new LinkedHashMap<>();
        for (Presence presence : presences) {
            members.put("m" + members.size(), presence);
        }
        RoundParameters parameters = new RoundParameters(
                ROUND, request, List.of(), members, within, Duration.ofMillis(500), Messages.SENDER);
        coordinator = new Coordinator(output, parameters);
        coordinator.begin(0);
    }

    static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    /** Receives a complete offer. */
    void offer(int participant, long objects, long atMillis) {
        offer(Messages.offer(ROUND, participant, objects), atMillis);
    }

    void offer(Offer offer, long atMillis) {
        coordinator.receive(offer, millis(atMillis));
    }

    /** Receives the result of a part. A member whose part ends short is exhausted. */
    void done(Sent part, String end, long freed, long atMillis) {
        boolean exhausted = end.equals("TARGET_MISSED");
        done(
                new Reclaimed(ROUND, part.participant(), part.part().part(), end, freed, freed, exhausted, false, ""),
                atMillis);
    }

    void done(Reclaimed result, long atMillis) {
        coordinator.receive(result, millis(atMillis));
    }

    void tick(long atMillis) {
        coordinator.tick(millis(atMillis));
    }

    void changed(int participant, Presence presence, long atMillis) {
        coordinator.update("m" + participant, presence, millis(atMillis));
    }

    /** The messages sent since the last call. */
    List<Sent> take() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /** The parts sent since the last call. */
    List<Sent> parts() {
        return take().stream().filter(one -> one.message() instanceof Reclaim).toList();
    }

    ClusterReport report() {
        assertThat(reports).hasSize(1);
        return reports.get(0);
    }

    ClusterReport.Member member(int participant) {
        return report().members().get(participant);
    }

    MemberOutcome outcome(int participant) {
        return member(participant).outcome();
    }

    String reason(int participant) {
        return member(participant).reason().orElse("");
    }
}
