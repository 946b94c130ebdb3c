package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.scenario.CacheModel.Fault;
import io.reclaimer.scenario.CacheModel.Faults;
import io.reclaimer.scenario.CacheModel.Scan;
import io.reclaimer.scenario.CacheModel.WhenEmpty;
import io.reclaimer.scenario.ModelCache.Cell;
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

/** How modelled caches answer. */
class ModelCacheTest {

    private static final CgroupPath WEB = CgroupPath.of("/web");
    private static final Cell CELL = new Cell(WEB, 0);

    private final List<Long> freed = new ArrayList<>();

    private ModelCache cache(CacheModel model) {
        return new ModelCache(true, true, model, new Random(1), (cell, objects) -> freed.add(objects));
    }

    private static CacheModel model(Scan scan, int arg, Optional<Faults> faults) {
        return new CacheModel(WhenEmpty.EMPTY, scan, arg, Duration.ZERO, 1, 0, Duration.ZERO, faults);
    }

    private static CacheModel faulty(Fault kind, double rate, int every, Integer... calls) {
        return model(Scan.FULL, 1, Optional.of(new Faults(kind, rate, every, Set.of(calls))));
    }

    private static long scan(ModelCache cache, long asked) {
        return cache.scan(new FakeControl(WEB, 0, asked));
    }

    @Test
    void countsWhatIsThereAndWhatItIsToSayWhereNothingIs() {
        ModelCache cache = cache(model(Scan.FULL, 1, Optional.empty()));
        assertThat(cache.count(new FakeControl(WEB, 0, 0))).isEqualTo(Shrinker.EMPTY);
        assertThat(cache.add(CELL, 10)).isTrue();
        assertThat(cache.add(CELL, 10)).isFalse();
        assertThat(cache.count(new FakeControl(WEB, 0, 0))).isEqualTo(20);
        assertThat(cache.count(new FakeControl(WEB, 1, 0))).isEqualTo(Shrinker.EMPTY);
        cache.change(
                new CacheModel(WhenEmpty.ZERO, Scan.FULL, 1, Duration.ZERO, 2.5, 0, Duration.ZERO, Optional.empty()));
        assertThat(cache.count(new FakeControl(WEB, 0, 0))).isEqualTo(50);
        assertThat(cache.count(new FakeControl(WEB, 1, 0))).isZero();
    }

    @Test
    void scansAsItsModelSays() {
        assertThat(scan(filled(Scan.FULL, 1), 100)).isEqualTo(100);
        assertThat(scan(filled(Scan.FULL, 1), 5_000)).isEqualTo(1_000);
        assertThat(scan(filled(Scan.HALF, 1), 100)).isEqualTo(50);
        assertThat(scan(filled(Scan.REFUSE, 1), 100)).isZero();
        FakeControl under = new FakeControl(WEB, 0, 100);
        assertThat(filled(Scan.UNDER, 30).scan(under)).isEqualTo(30);
        assertThat(under.nrScanned()).isEqualTo(30);
        ModelCache stop = filled(Scan.STOP, 2);
        assertThat(scan(stop, 100)).isEqualTo(100);
        assertThat(scan(stop, 100)).isEqualTo(Shrinker.STOP);
    }

    private ModelCache filled(Scan scan, int arg) {
        ModelCache cache = cache(model(scan, arg, Optional.empty()));
        cache.add(CELL, 1_000);
        return cache;
    }

    @Test
    void faultyCallsAreThoseOfTheModel() {
        ModelCache nth = cache(faulty(Fault.NEGATIVE, 0, 3, 1));
        nth.add(CELL, 1_000);
        List<Long> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            answers.add(scan(nth, 10));
        }
        assertThat(answers).containsExactly(-1_000L, 10L, -1_000L, 10L, 10L, -1_000L);
        ModelCache throwing = cache(faulty(Fault.THROW, 0, 1));
        assertThatThrownBy(() -> scan(throwing, 10)).isInstanceOf(IllegalStateException.class);
        ModelCache boasting = cache(faulty(Fault.TOO_MANY, 0, 1));
        assertThat(scan(boasting, 10)).isEqualTo(Long.MAX_VALUE);
        ModelCache sometimes = cache(faulty(Fault.NEGATIVE, 0.25, 0));
        sometimes.add(CELL, 100_000);
        int faults = 0;
        for (int i = 0; i < 1_000; i++) {
            faults += scan(sometimes, 10) < 0 ? 1 : 0;
        }
        assertThat(faults).isBetween(200, 300);
    }

    @Test
    void conservesItsObjects() {
        ModelCache cache = cache(model(Scan.FULL, 1, Optional.empty()));
        cache.add(CELL, 1_000);
        scan(cache, 300);
        cache.take(CELL, 100);
        cache.addLate(CELL, 50);
        assertThat(cache.reparent(WEB, CgroupPath.root(), 0)).isEqualTo(600);
        assertThat(cache.objects(CELL)).isZero();
        ModelCache.Tally all = cache.tally(cell -> true);
        assertThat(all).isEqualTo(new ModelCache.Tally(600, 1_000, 300, 100));
        assertThat(all.lost()).isZero();
        assertThat(freed).containsExactly(300L);
        // What was late for a cgroup that is gone never came.
        assertThat(cache.count(new FakeControl(WEB, 0, 0))).isEqualTo(Shrinker.EMPTY);
        assertThat(cache.objects(CELL)).isZero();
    }

    @Test
    void callsAfterItWasFreedAreCounted() {
        ModelCache cache = cache(model(Scan.FULL, 1, Optional.empty()));
        scan(cache, 1);
        assertThat(cache.callsAfterFreed()).isZero();
        cache.freed();
        scan(cache, 1);
        cache.count(new FakeControl(WEB, 0, 0));
        assertThat(cache.callsAfterFreed()).isEqualTo(2);
    }
}
