package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All members are replaced, one after the other, while rounds go on. */
@Tag("nightly")
class ClusterRestartIT {

    private static final long OBJECTS = 1_000_000;

    private static final Set<MemberOutcome> ENDED =
            Set.of(MemberOutcome.DONE, MemberOutcome.TARGET_MISSED, MemberOutcome.REFUSED);

    /** A batch per visiting thread. */
    private static final long OVERSHOOT = 4 * 128;

    @Test
    void rollingRestartOfAllMembersUnderLoad() throws Exception {
        Members members = Members.start(3);
        List<TableShrinker> caches = new ArrayList<>();
        members.all().forEach(one -> caches.add(one.cache("/shop", OBJECTS)));
        // The members on which rounds are requested. A member that has just started knows no others yet.
        List<One> asked = new CopyOnWriteArrayList<>(members.all());
        Queue<ClusterReport> reports = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong refused = new AtomicLong();
        List<Future<?>> load = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            load.add(Threads.start(() -> {
                for (int n = number; !over.get(); n++) {
                    List<One> now = List.copyOf(asked);
                    request(now.get(n % now.size()), reports, refused);
                }
                return null;
            }));
        }
        for (int i = 0; i < 3; i++) {
            One old = members.first();
            One fresh = members.add("");
            caches.add(fresh.cache("/shop", OBJECTS));
            Members.awaitAll(members.all());
            asked.add(fresh);
            asked.remove(old);
            members.leaveAndForget(old);
            Members.awaitAll(members.all());
            int before = reports.size();
            Threads.until(() -> reports.size() > before + 10);
        }
        over.set(true);
        for (Future<?> one : load) {
            one.get();
        }
        long freed = caches.size() * OBJECTS
                - caches.stream().mapToLong(TableShrinker::objects).sum();
        System.out.println(reports.size() + " rounds freed " + freed + ", " + refused + " were refused");
        // Only objects of members whose reply did not come in time may be missing; their entries say so.
        long reported = reports.stream().mapToLong(ClusterReport::freedObjects).sum();
        long unsaid = reports.stream()
                .flatMap(report -> report.members().stream())
                .filter(part -> !ENDED.contains(part.outcome()))
                .filter(part -> part.askedObjects() > part.freedObjects())
                .mapToLong(part -> part.askedObjects() - part.freedObjects() + OVERSHOOT)
                .sum();
        System.out.println(reported + " were reported, up to " + unsaid + " not said");
        assertThat(reported).isBetween(freed - unsaid, freed);
        assertThat(reports)
                .filteredOn(report -> report.outcome() != Outcome.TARGET_REACHED)
                .allMatch(report -> report.outcome() == Outcome.SHUTDOWN);
        members.all().forEach(one -> one.awaitRows(3));
        members.end();
    }

    /** A member that is about to leave refuses, or answers with what it knows. */
    private static void request(One one, Queue<ClusterReport> reports, AtomicLong refused) {
        ReclaimRequest request = ReclaimRequest.in("/shop").objects(300).within(Duration.ofSeconds(30));
        try {
            reports.add(one.kit.await(one.cluster.reclaim(request)));
        } catch (ReclaimerException e) {
            assertThat(e.reason()).isEqualTo(Reason.SHUTTING_DOWN);
            refused.incrementAndGet();
        }
    }
}
