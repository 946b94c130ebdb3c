package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.cluster.ClusterRequest;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.Shortfall;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.SizeSource;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bytes that a subtree holds, and rounds until it holds no more than it may. */
class HeldBytesTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.nodes = [a, b]");

    /** No scan call frees more than this in a round with a target in bytes. */
    private static final int BATCH = 128;

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    private static long said(ShrinkControl control, long objects, long bytes) {
        control.heldBytes(bytes);
        return objects;
    }

    @Test
    void heldIsWhatShrinkersSayAndOtherwiseCountedObjectsTimesTheirSize() {
        Scripted heavy = new Scripted(any -> 4, control -> {
            control.freedBytes(300);
            return control.nrToScan();
        });
        Bits.setIn(KIT, "/shop", KIT.register(spec.batch(1), heavy));
        KIT.pass("/shop", 0, 0);
        Bits.setIn(KIT, "/shop", KIT.register(spec, new Scripted(control -> said(control, 10, 5_000), any -> 0)));
        Cache.registerIn(KIT, "/shop", spec.objectBytes(10), 100);
        Cache.registerIn(KIT, "/shop", spec, 7);
        CountReport report = count(ReclaimRequest.in("/shop"));
        assertThat(report.heldBytesBySource())
                .isEqualTo(Map.of(
                        SizeSource.WEIGHED, 5_000L,
                        SizeSource.DECLARED, 1_000L,
                        SizeSource.ASSUMED, 7 * ShrinkerSpec.DEFAULT_OBJECT_BYTES,
                        SizeSource.LEARNED, 1_200L));
        assertThat(report.heldBytes()).isEqualTo(5_000 + 1_000 + 7 * 1_024 + 1_200);
    }

    @ParameterizedTest
    @EnumSource
    void everyKindCanSayWhatItHolds(Kind kind) {
        Bits.setIn(
                KIT, "/shop", kind.register(KIT, spec, new Scripted(control -> said(control, 10, 5_000), any -> 10)));
        // On a busy machine a shrinker that answers later may be late, and then a count does not wait for it.
        Threads.until(
                () -> count(ReclaimRequest.in("/shop")).heldBytesBySource().equals(Map.of(SizeSource.WEIGHED, 5_000L)));
    }

    @Test
    void objectsThatCanNotBeFreedNowAreHeld() {
        Bits.setIn(KIT, "/shop", KIT.register(spec, new Scripted(control -> said(control, 0, 500), any -> 0)));
        CountReport report = count(ReclaimRequest.in("/shop"));
        assertThat(report.freeableObjects()).isZero();
        assertThat(report.heldBytes()).isEqualTo(500);
    }

    /** What is held has objects in it that can't be freed, so it does not say how large an object is. */
    @Test
    void sizeIsNotLearnedFromWhatIsHeld() {
        Bits.setIn(
                KIT,
                "/shop",
                KIT.register(
                        spec.objectBytes(10),
                        new Scripted(control -> said(control, 100, 1_000_000), ShrinkControl::nrToScan)));
        assertThat(count(ReclaimRequest.in("/shop")).freeableBytes()).isEqualTo(1_000);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/shop").objects(100));
        assertThat(report.freedBytes()).isEqualTo(10 * report.freedObjects());
    }

    @Test
    void roundEndsWhenNoMoreIsHeldThanIsAllowed() {
        Cache cache = Cache.registerIn(KIT, "/shop", spec.objectBytes(10), 1_000);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/shop").untilHeldIs(4_000));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        long left = cache.table().objects();
        assertThat(left).isBetween(400L - BATCH, 400L);
        assertThat(report.heldBytes()).hasValue(10 * left);
        assertThat(report.freedObjects()).isEqualTo(1_000 - left);
        assertThat(report.largest())
                .containsExactly(new ShrinkerObjects(CgroupPath.of("/shop"), "pages", 1_000 - left));
    }

    @Test
    void nothingIsAskedForIfNoMoreIsHeldThanIsAllowed() {
        Cache cache = Cache.registerIn(KIT, "/shop", spec.objectBytes(10), 1_000);
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/shop").untilHeldIs(10_000));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(report.heldBytes()).hasValue(10_000);
        assertThat(report.freedObjects()).isZero();
        assertThat(report.scannedObjects()).isZero();
        assertThat(cache.table().objects()).isEqualTo(1_000);
    }

    @Test
    void onlyTheNodesOfTheRequestCount() {
        Cache cache = Cache.registerIn(KIT, "/shop", spec.objectBytes(10), 1_000);
        Cgroup shop = KIT.online("/shop");
        cache.put(shop, 1, 5_000);
        KIT.settle();
        ReclaimReport report =
                KIT.reclaim(ReclaimRequest.in("/shop").onNodes("b").untilHeldIs(0));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_REACHED);
        assertThat(cache.objects(shop, 0)).isEqualTo(1_000);
        assertThat(cache.objects(shop, 1)).isZero();
    }

    /** Each object holds half of what the spec says, and the shrinker does not say what it frees. */
    @Test
    void anotherRoundFollowsIfTheSizeOfObjectsWasWrong() {
        AtomicLong objects = new AtomicLong(10_000);
        Shrinker shrinker = new Scripted(control -> said(control, objects.get(), 50 * objects.get()), control -> {
            objects.addAndGet(-control.nrToScan());
            return control.nrToScan();
        });
        Bits.setIn(KIT, "/shop", KIT.register(spec.objectBytes(100), shrinker));
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/shop").untilHeldIs(50_000));
        assertThat(report.heldBytes().orElseThrow()).isLessThan(50_000 * 3 / 2);
        assertThat(objects).hasValueLessThan(1_500);
    }

    /** A shrinker that is slow is not counted: the report says that something may be missing in what is held. */
    @Test
    void shrinkerThatWasNotCountedIsAShortfall() {
        Gate gate = new Gate();
        Bits.setIn(KIT, "/shop", KIT.register(spec, Scripted.stuckInCount(1, gate)));
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/shop").untilHeldIs(0));
        assertThat(report.heldBytes()).hasValue(0);
        assertThat(report.shortfalls()).containsOnlyKeys(Shortfall.LATE);
        gate.open();
    }

    /** Bytes that are said to be freed are no progress. */
    @Test
    void roundThatDoesNotLowerWhatIsHeldHasMissedItsTarget() {
        Bits.setIn(
                KIT,
                "/shop",
                KIT.register(
                        spec.objectBytes(1_000),
                        new Scripted(control -> said(control, 100, 100_000), ShrinkControl::nrToScan)));
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/shop").untilHeldIs(50_000));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_MISSED);
        assertThat(report.heldBytes()).hasValue(100_000);
        // Of two rounds for 50 objects.
        assertThat(report.freedObjects()).isBetween(100L, 199L);
    }

    @Test
    void shrinkersThatCanFreeNoMoreHaveMissedTheTarget() {
        Bits.setIn(
                KIT,
                "/shop",
                KIT.register(spec, new Scripted(control -> said(control, 100, 100_000), any -> Shrinker.STOP)));
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/shop").untilHeldIs(0));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.TARGET_MISSED);
        assertThat(report.freedObjects()).isZero();
        assertThat(report.shortfalls()).isNotEmpty();
    }

    @Test
    void deadlineAndCancellationEndIt() {
        Gate gate = new Gate();
        Bits.setIn(KIT, "/shop", KIT.register(spec.blocking(), Scripted.stuck(1_000, gate)));
        ReclaimReport late =
                KIT.reclaim(ReclaimRequest.in("/shop").untilHeldIs(0).within(Duration.ofMillis(300)));
        assertThat(late.outcome()).isEqualTo(RoundOutcome.DEADLINE);
        Cancellation cancellation = new Cancellation();
        CompletionStage<ReclaimReport> cancelled = KIT.reclaimer()
                .reclaim(ReclaimRequest.in("/shop").untilHeldIs(0).cancelledBy(cancellation));
        cancellation.cancel();
        assertThat(KIT.await(cancelled).outcome()).isEqualTo(RoundOutcome.CANCELLED);
        gate.open();
    }

    @Test
    void cgroupThatIsNotOnlineHoldsNothing() {
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in("/nobody").untilHeldIs(0));
        assertThat(report.outcome()).isEqualTo(RoundOutcome.NOT_ONLINE);
        assertThat(report.heldBytes()).isEmpty();
    }

    @Test
    void limitReplacesATargetAndTheOtherWayRound() {
        ReclaimRequest limited = ReclaimRequest.in("/shop").bytes(5).untilHeldIs(7);
        assertThat(limited.bytes()).isEmpty();
        assertThat(limited.heldLimit()).hasValue(7);
        assertThat(limited).hasToString("ReclaimRequest[/shop held<=7 priority=12]");
        assertThat(limited.objects(5).heldLimit()).isEmpty();
        assertThatThrownBy(() -> ReclaimRequest.everywhere().untilHeldIs(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The bytes that a subtree may hold are [-1] but have to be 0 or more");
        assertThatThrownBy(() -> ClusterRequest.of(limited))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most [7] bytes are held, but has to be in objects");
    }

    private CountReport count(ReclaimRequest request) {
        KIT.settle();
        return KIT.await(KIT.reclaimer().count(request));
    }
}
