package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A round over members that are not there: time and answers are the test's. Times are in milliseconds. It has ten seconds, and
 * asks again after half a second.
 */
final class FakeRound {

    static final long ROUND = 7;

    record Sent(int seat, ClusterMessage message) {
        Reclaim part() {
            return (Reclaim) message;
        }
    }

    private final List<Sent> sent = new ArrayList<>();
    final List<ClusterReport> reports = new ArrayList<>();
    final FanOut fanOut;

    /** Over as many members as there are presences, which are m0, m1, and so on. */
    FakeRound(ActorSystem<?> system, ReclaimRequest request, Presence... presences) {
        this(system, request, Duration.ofSeconds(10), presences);
    }

    FakeRound(ActorSystem<?> system, ReclaimRequest request, Duration within, Presence... presences) {
        FanOut.Port port = new FanOut.Port() {
            @Override
            public void send(int seat, ClusterMessage message) {
                assertThat(reports).as("nothing is sent after the answer").isEmpty();
                sent.add(new Sent(seat, message));
            }

            @Override
            public void answer(ClusterReport report) {
                reports.add(report);
            }
        };
        Terms terms = new Terms(request, List.of(), within, Duration.ofMillis(500), 0);
        fanOut = new FanOut(port, ROUND, terms, new Sender(system.ignoreRef(), Messages.UID));
        fanOut.begin(
                IntStream.range(0, presences.length)
                        .mapToObj(seat -> new Guest("m" + seat, presences[seat]))
                        .toList(),
                0);
    }

    static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    /** Of all that there is. */
    void offer(int seat, long objects, long atMillis) {
        offer(Messages.offer(ROUND, seat, objects), atMillis);
    }

    void offer(Offer offer, long atMillis) {
        fanOut.offered(offer, millis(atMillis));
    }

    /** One that ends short is exhausted. */
    void done(Sent part, MemberParts.End end, long freed, long atMillis) {
        boolean exhausted = end == MemberParts.End.SHORT;
        done(
                new Reclaimed(ROUND, part.seat(), part.part().part(), end.name(), freed, freed, exhausted, false, ""),
                atMillis);
    }

    void done(Reclaimed result, long atMillis) {
        fanOut.reclaimed(result, millis(atMillis));
    }

    void tick(long atMillis) {
        fanOut.tick(millis(atMillis));
    }

    void changed(int seat, Presence presence, long atMillis) {
        fanOut.changed("m" + seat, presence, millis(atMillis));
    }

    /** What was sent since it was asked last. */
    List<Sent> take() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /** The parts sent since it was asked last. */
    List<Sent> parts() {
        return take().stream().filter(one -> one.message() instanceof Reclaim).toList();
    }

    ClusterReport report() {
        assertThat(reports).hasSize(1);
        return reports.get(0);
    }

    ClusterReport.Member member(int seat) {
        return report().members().get(seat);
    }

    MemberOutcome outcome(int seat) {
        return member(seat).outcome();
    }

    String reason(int seat) {
        return member(seat).reason().orElse("");
    }
}
