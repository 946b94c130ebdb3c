package io.reclaimer.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.TestProbe;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * Uses this JVM's own heap, and watermarks by which there is always low pressure: all but a few bytes has to be free.
 */
class PressureTest {

    private static final String ALWAYS_LOW =
            "reclaimer.pressure.heap.watermarks { min = 0.0000001, low = 0.9999998, high = 0.9999999 }";

    @Test
    void roundsOfTheSystemsReclaimerStartAfterACollection() {
        ReclaimerTestSystem kit = ReclaimerTestSystem.start(ALWAYS_LOW);
        try {
            CountDownLatch scanned = new CountDownLatch(1);
            // The objects are tiny, so that freeing them ends no pressure.
            kit.register(ShrinkerSpec.named("pages").objectBytes(1), new Scripted(control -> 1_000, control -> {
                scanned.countDown();
                return control.nrToScan();
            }));
            Pressure pressure = Pressure.get(kit.system());
            System.gc();
            Threads.await(scanned);
            Threads.until(() -> pressure.heapStatus().rounds() > 0);
            HeapStatus status = pressure.heapStatus();
            assertThat(status.state()).isEqualTo(PressureState.LOW);
            assertThat(status.freedObjects()).isPositive();
            assertThat(status.directRounds()).isZero();
            assertThat(status.collections()).isPositive();
            assertThat(status.limitBytes()).isEqualTo(new PlatformHeap().limitBytes());
        } finally {
            kit.stop();
        }
    }

    @Test
    void withRoundsOffNothingIsFreed() {
        try (ReclaimerTestSystem kit =
                ReclaimerTestSystem.start(ALWAYS_LOW + "\nreclaimer.pressure.heap.rounds = off")) {
            Scripted pages = new Scripted(control -> 1_000, ShrinkControl::nrToScan);
            kit.register(ShrinkerSpec.named("pages"), pages);
            Pressure pressure = Pressure.get(kit.system());
            System.gc();
            Threads.until(() -> pressure.heapStatus().state() == PressureState.LOW);
            assertThat(pressure.heapStatus().rounds()).isZero();
            assertThat(pages.calls).as("It may be counted").noneMatch(call -> call.startsWith("scan"));
        }
    }

    @Test
    void statusIsSentOnRequest() {
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("")) {
            TestProbe<HeapStatus> probe = kit.testKit().createTestProbe();
            Pressure.get(kit.system()).heap().tell(new HeapPressure.GetStatus(probe.getRef()));
            HeapStatus status = probe.receiveMessage(Duration.ofSeconds(60));
            assertThat(status.limitBytes()).isEqualTo(new PlatformHeap().limitBytes());
            assertThat(status.usedBytes()).isPositive();
        }
    }

    @Test
    void eachSystemHasOne() {
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("");
                ReclaimerTestSystem other = ReclaimerTestSystem.start("")) {
            assertThat(Pressure.get(kit.system())).isSameAs(Pressure.get(kit.system()));
            assertThat(Pressure.get(other.system())).isNotSameAs(Pressure.get(kit.system()));
        }
    }

    @Test
    void invalidSettingFailsTheFirstGet() {
        try (ReclaimerTestSystem kit = ReclaimerTestSystem.start("reclaimer.pressure.heap.retry-min = 0s")) {
            assertThatThrownBy(() -> Pressure.get(kit.system()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("reclaimer.pressure.heap.retry-min", "[0s]", "1 ms");
        }
    }
}
