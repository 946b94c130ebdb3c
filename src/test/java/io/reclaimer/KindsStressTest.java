package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Shrinkers of all kinds, under rounds from several threads, while objects are added and cgroups come and go. No bit is
 * lost: at the end rounds find every object, and each is freed once.
 */
class KindsStressTest {

    private static final int OWNERS = 3;
    private static final int LIVES = 25;

    @ParameterizedTest
    @ValueSource(strings = {"strict", "relaxed"})
    void everyObjectIsFoundByARoundAndFreedOnce(String order) throws Exception {
        Seeded seeded = Seeded.create();
        try (ReclaimerTestSystem kit =
                ReclaimerTestSystem.start("reclaimer { nodes = [n0, n1], call-deadline = 1h, visit-order = " + order
                        + ", blocking { calls = 4, calls-per-shrinker = 1 } }")) {
            List<Cache> caches = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                ShrinkerSpec spec =
                        ShrinkerSpec.named(kind.name()).byCgroup().byNode().batch(7);
                TableShrinker model = new TableShrinker(true, true, Shrinker.EMPTY, TableShrinker.Scan.FULL, 1);
                caches.add(new Cache(model, kind.register(kit, spec, model)));
            }
            AtomicLong put = new AtomicLong();
            AtomicLong freed = new AtomicLong();
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong owning = new AtomicLong(OWNERS);
            List<Runnable> tasks = new ArrayList<>();
            for (int owner = 0; owner < OWNERS; owner++) {
                int number = owner;
                tasks.add(() -> {
                    try {
                        put.addAndGet(live(kit, seeded.fork(number), "/o" + number, caches));
                    } finally {
                        over.set(owning.decrementAndGet() == 0);
                    }
                });
            }
            for (int i = 0; i < 2; i++) {
                Seeded random = seeded.fork(OWNERS + i);
                tasks.add(() -> {
                    while (!over.get()) {
                        String top = random.nextInt(3) == 0 ? "/" : "/o" + random.nextInt(OWNERS);
                        freed.addAndGet(kit.reclaim(ReclaimRequest.in(top).startingAt(random.nextInt(3)))
                                .freedObjects());
                    }
                });
            }
            Threads.run(tasks.toArray(Runnable[]::new));
            kit.settle();
            for (int i = 0; i < 3; i++) {
                freed.addAndGet(
                        kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects());
            }
            assertThat(caches)
                    .as("%s", seeded)
                    .allSatisfy(cache -> assertThat(cache.table().objects())
                            .as(cache.handle().toString())
                            .isZero());
            assertThat(freed).as("%s", seeded).hasValue(put.get());
            assertThat(caches).allMatch(cache -> cache.handle().state().faults() == 0);
        }
    }

    /** Adds objects to a cgroup that stays, and to one below it that comes and goes. Returns how many were added. */
    private static long live(ReclaimerTestSystem kit, Seeded random, String path, List<Cache> caches) {
        Cgroup stays = kit.online(path);
        long put = 0;
        for (int life = 0; life < LIVES; life++) {
            Cgroup goes = kit.online(path + "/child");
            for (int i = 0; i < 20; i++) {
                long objects = 1L + random.nextInt(20);
                caches.get(random.nextInt(caches.size()))
                        .put(random.nextBoolean() ? goes : stays, random.nextInt(2), objects);
                put += objects;
            }
            kit.offline(path + "/child");
        }
        return put;
    }
}
