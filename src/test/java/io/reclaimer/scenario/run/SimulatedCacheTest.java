package io.reclaimer.scenario.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.scenario.model.CacheBehaviour;
import io.reclaimer.scenario.model.CacheBehaviour.Fault;
import io.reclaimer.scenario.model.CacheBehaviour.Faults;
import io.reclaimer.scenario.model.CacheBehaviour.Mode;
import io.reclaimer.scenario.model.CacheBehaviour.Refaults;
import io.reclaimer.scenario.model.CacheBehaviour.Scan;
import io.reclaimer.scenario.model.CacheBehaviour.WhenEmpty;
import io.reclaimer.scenario.run.SimulatedCache.Slot;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.testkit.FakeControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The replies of simulated caches. */
class SimulatedCacheTest {

    private static final CgroupPath WEB = CgroupPath.of("/web");
    private static final Slot SLOT = new Slot(WEB, 0);

    private final List<Long> freed = new ArrayList<>();

    private SimulatedCache cache(CacheBehaviour behaviour) {
        return new SimulatedCache(true, true, behaviour, new Random(1), (slot, objects) -> freed.add(objects));
    }

    private static CacheBehaviour behaviour(Mode mode, int arg, Optional<Faults> faults) {
        return behaviour(WhenEmpty.EMPTY, new Scan(mode, arg), 1, faults);
    }

    private static CacheBehaviour behaviour(
            WhenEmpty whenEmpty, Scan scan, double countFactor, Optional<Faults> faults) {
        return new CacheBehaviour(whenEmpty, scan, Duration.ZERO, countFactor, new Refaults(0, Duration.ZERO), faults);
    }

    private static CacheBehaviour faulty(Fault kind, double rate, int every, Integer... calls) {
        return behaviour(Mode.FULL, 1, Optional.of(new Faults(kind, rate, every, Set.of(calls))));
    }

    private static long scan(SimulatedCache cache, long asked) {
        return cache.scan(new FakeControl(WEB, 0, asked));
    }

    @Test
    void countsWhatIsThereAndWhatItIsToSayWhereNothingIs() {
        SimulatedCache cache = cache(behaviour(Mode.FULL, 1, Optional.empty()));
        assertThat(cache.count(new FakeControl(WEB, 0, 0))).isEqualTo(Shrinker.EMPTY);
        assertThat(cache.add(SLOT, 10)).isTrue();
        assertThat(cache.add(SLOT, 10)).isFalse();
        assertThat(cache.count(new FakeControl(WEB, 0, 0))).isEqualTo(20);
        assertThat(cache.count(new FakeControl(WEB, 1, 0))).isEqualTo(Shrinker.EMPTY);
        cache.change(behaviour(WhenEmpty.ZERO, new Scan(Mode.FULL, 1), 2.5, Optional.empty()));
        assertThat(cache.count(new FakeControl(WEB, 0, 0))).isEqualTo(50);
        assertThat(cache.count(new FakeControl(WEB, 1, 0))).isZero();
    }

    @Test
    void scansAsItsModelSays() {
        assertThat(scan(filled(Mode.FULL, 1), 100)).isEqualTo(100);
        assertThat(scan(filled(Mode.FULL, 1), 5_000)).isEqualTo(1_000);
        assertThat(scan(filled(Mode.HALF, 1), 100)).isEqualTo(50);
        assertThat(scan(filled(Mode.REFUSE, 1), 100)).isZero();
        FakeControl under = new FakeControl(WEB, 0, 100);
        assertThat(filled(Mode.UNDER, 30).scan(under)).isEqualTo(30);
        assertThat(under.nrScanned()).isEqualTo(30);
        SimulatedCache stop = filled(Mode.STOP, 2);
        assertThat(scan(stop, 100)).isEqualTo(100);
        assertThat(scan(stop, 100)).isEqualTo(Shrinker.STOP);
    }

    private SimulatedCache filled(Mode mode, int arg) {
        SimulatedCache cache = cache(behaviour(mode, arg, Optional.empty()));
        cache.add(SLOT, 1_000);
        return cache;
    }

    @Test
    void faultyCallsAreThoseOfTheModel() {
        SimulatedCache nth = cache(faulty(Fault.NEGATIVE, 0, 3, 1));
        nth.add(SLOT, 1_000);
        List<Long> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            answers.add(scan(nth, 10));
        }
        assertThat(answers).containsExactly(-1_000L, 10L, -1_000L, 10L, 10L, -1_000L);
        SimulatedCache throwing = cache(faulty(Fault.THROW, 0, 1));
        assertThatThrownBy(() -> scan(throwing, 10)).isInstanceOf(IllegalStateException.class);
        SimulatedCache boasting = cache(faulty(Fault.TOO_MANY, 0, 1));
        assertThat(scan(boasting, 10)).isEqualTo(Long.MAX_VALUE);
        SimulatedCache sometimes = cache(faulty(Fault.NEGATIVE, 0.25, 0));
        sometimes.add(SLOT, 100_000);
        int faults = 0;
        for (int i = 0; i < 1_000; i++) {
            faults += scan(sometimes, 10) < 0 ? 1 : 0;
        }
        assertThat(faults).isBetween(200, 300);
    }

    @Test
    void conservesItsObjects() {
        SimulatedCache cache = cache(behaviour(Mode.FULL, 1, Optional.empty()));
        cache.add(SLOT, 1_000);
        scan(cache, 300);
        cache.remove(SLOT, 100);
        cache.addLate(SLOT, 50);
        assertThat(cache.reparent(WEB, CgroupPath.root(), 0)).isEqualTo(600);
        assertThat(cache.objects(SLOT)).isZero();
        SimulatedCache.Tally all = cache.tally(slot -> true);
        assertThat(all).isEqualTo(new SimulatedCache.Tally(600, 1_000, 300, 100));
        assertThat(all.lost()).isZero();
        assertThat(freed).containsExactly(300L);
        // What was late for a cgroup that is gone never came.
        assertThat(cache.count(new FakeControl(WEB, 0, 0))).isEqualTo(Shrinker.EMPTY);
        assertThat(cache.objects(SLOT)).isZero();
    }

    @Test
    void callsAfterItWasFreedAreCounted() {
        SimulatedCache cache = cache(behaviour(Mode.FULL, 1, Optional.empty()));
        scan(cache, 1);
        assertThat(cache.callsAfterFreed()).isZero();
        cache.markFreed();
        scan(cache, 1);
        cache.count(new FakeControl(WEB, 0, 0));
        assertThat(cache.callsAfterFreed()).isEqualTo(2);
    }
}
