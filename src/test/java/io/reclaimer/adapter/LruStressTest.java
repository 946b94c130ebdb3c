package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many threads on the same lists, with rounds, and with cgroups that go offline and come online again. */
class LruStressTest {

    /** An object that counts its owners: the threads that removed or reclaimed it. */
    private static final class Page {
        private final AtomicInteger owners = new AtomicInteger();

        void own() {
            assertThat(owners.incrementAndGet()).as("owners of one object").isEqualTo(1);
        }
    }

    /** The numbers of objects that one user added and removed. */
    private record Use(long added, long removed) {}

    /** Number of times that a cgroup goes offline and comes online again while objects are added and removed. */
    private static final int DEPARTURES = 100;

    /** Number of objects above which users wait for rounds, which may be slower than they are. */
    private static final int MOST_OBJECTS = 300_000;

    /** Number of objects, of those that a user added, that are still used or removed. */
    private static final int USED = 8192;

    @RegisterExtension
    final ReclaimerExtension kit =
            ReclaimerExtension.create().with("reclaimer { nodes = [a, b], round-deadline = 60s }");

    private final Seeded seeded = Seeded.create();

    /** Whether the owner lets some objects stay. */
    private final AtomicBoolean reluctant = new AtomicBoolean();

    /**
     * Every object that was added is removed by its user, reclaimed, or in a list where a round finds it, and exactly
     * one of these. Two cgroups stay; those below them go offline and come online again under the same few paths.
     * Objects are added to cgroups of any age.
     */
    @Test
    void everyObjectIsRemovedOrReclaimedOrFoundByARound() throws Exception {
        LruLists<Page> lists = register();
        reluctant.set(true);
        kit.online("/a");
        kit.online("/b");
        AtomicReferenceArray<Cgroup> cgroups = new AtomicReferenceArray<>(8);
        for (int i = 0; i < cgroups.length(); i++) {
            cgroups.set(i, kit.online(path(i)));
        }
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicLong freed = new AtomicLong();
        Future<?> rounds = rounds(running, freed);
        Runnable[] tasks = new Runnable[4];
        Use[] uses = new Use[tasks.length - 1];
        for (int i = 0; i < uses.length; i++) {
            int number = i;
            Seeded random = seeded.fork(i);
            tasks[i] = () -> uses[number] = use(lists, cgroups, random, running);
        }
        Seeded random = seeded.fork(uses.length);
        tasks[uses.length] = () -> {
            try {
                for (int i = 0; i < DEPARTURES; i++) {
                    int number = random.nextInt(cgroups.length());
                    kit.offline(path(number));
                    // Until this is done, users add objects to an offline cgroup.
                    cgroups.set(number, kit.online(path(number)));
                }
            } finally {
                running.set(false);
            }
        };
        Threads.run(tasks);
        rounds.get();
        long added = Stream.of(uses).mapToLong(Use::added).sum();
        long removed = Stream.of(uses).mapToLong(Use::removed).sum();
        assertThat(removed + lists.reclaimed() + lists.size())
                .as(seeded.toString())
                .isEqualTo(added);
        assertThat(freed.get()).as(seeded.toString()).isEqualTo(lists.reclaimed());
        assertThat(lists.groups().count()).as(seeded.toString()).isLessThanOrEqualTo(3 + cgroups.length());
        kit.settle();
        reluctant.set(false);
        reclaimAll();
        assertThat(lists.size()).as(seeded.toString()).isZero();
        assertThat(removed + lists.reclaimed()).as(seeded.toString()).isEqualTo(added);
    }

    /** Two threads that remove and two that scan, on the same few objects. */
    @Test
    void exactlyOneWinsAnObject() throws Exception {
        LruLists<Page> lists = register();
        for (int round = 0; round < 500; round++) {
            List<Page> pages = new ArrayList<>();
            List<LruItem<Page>> items = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                pages.add(new Page());
                items.add(lists.addToRoot(0, pages.get(i)));
            }
            Runnable remover = () -> items.forEach(item -> {
                if (item.remove()) {
                    item.value().own();
                }
            });
            Runnable scan = () -> lists.shrinker().scan(new FakeControl("/", 0, 20));
            Threads.run(remover, scan, remover, scan);
            assertThat(lists.sizeOfRoot(0)).isZero();
            assertThat(pages).allMatch(page -> page.owners.get() == 1);
        }
    }

    /** Again and again, a pass that finds nothing clears the bit, and the first of several threads that add sets it. */
    @Test
    void noBitIsLostWhereAListIsEmptiedAndFilled() throws Exception {
        LruLists<Page> lists = register();
        Cgroup shop = kit.online("/shop");
        for (int round = 0; round < 200; round++) {
            Threads.run(
                    () -> lists.add(shop, 0, new Page()),
                    () -> lists.add(shop, 0, new Page()).remove(),
                    () -> kit.pass("/shop", 0, 0));
            kit.settle();
            kit.pass("/shop", 0, 0);
            assertThat(lists.size(shop, 0)).as("after round %d", round).isZero();
        }
    }

    /** A cgroup without lists goes offline while its first objects are added, on either node. */
    @Test
    void noObjectStaysBehindInACgroupThatGoesOffline() throws Exception {
        LruLists<Page> lists = register();
        Cgroup shop = kit.online("/shop");
        for (int round = 0; round < 200; round++) {
            Cgroup web = kit.online("/shop/web");
            Runnable adder = () -> {
                for (int i = 0; i < 50; i++) {
                    lists.add(web, i % 2, new Page());
                }
            };
            Threads.run(adder, adder, () -> kit.offline("/shop/web"));
            assertThat(lists.size(shop, 0)).as("after round %d", round).isEqualTo(50);
            assertThat(lists.size(shop, 1)).as("after round %d", round).isEqualTo(50);
            assertThat(lists.groups().count()).as("after round %d", round).isLessThanOrEqualTo(2);
            kit.settle();
            assertThat(kit.reclaim(ReclaimRequest.in("/shop").startingAt(0)).freedObjects())
                    .as("after round %d", round)
                    .isEqualTo(100);
        }
    }

    /** Two lists at a time give their items upwards, while items are removed and moved to the hot end. */
    @Test
    void itemsAreRemovedWhereverTheyHaveMovedTo() throws Exception {
        for (int round = 0; round < 500; round++) {
            List<LruList<Page>> line =
                    IntStream.range(0, 4).mapToObj(i -> new LruList<Page>()).toList();
            List<LruItem<Page>> items = new ArrayList<>();
            for (LruList<Page> list : line) {
                for (int i = 0; i < 10; i++) {
                    LruItem<Page> item = new LruItem<>(new Page());
                    list.add(item);
                    items.add(item);
                }
            }
            List<LruItem<Page>> kept = items.subList(0, 5);
            Runnable remover = () -> items.subList(5, items.size()).forEach(item -> {
                if (item.remove()) {
                    item.value().own();
                }
            });
            Threads.run(
                    () -> line.get(0).moveTo(line.get(1)),
                    () -> {
                        line.get(1).moveTo(line.get(2));
                        line.get(2).moveTo(line.get(3));
                    },
                    remover,
                    remover,
                    () -> line.forEach(list -> list.rotate(items)));
            // The first list may have found the second one dead, and then has to go on to the next one that is alive.
            for (LruList<Page> above : line.subList(1, 4)) {
                line.get(0).moveTo(above);
            }
            LruList<Page> top = line.get(3);
            assertThat(top.size()).isEqualTo(5);
            List<LruItem<Page>> found = new ArrayList<>();
            top.findColdest(100, new ArrayList<>(), found);
            assertThat(found).containsExactlyInAnyOrderElementsOf(kept);
            assertThat(items.subList(5, items.size()))
                    .allMatch(item -> item.value().owners.get() == 1);
            assertThat(kept).allMatch(LruItem::remove);
            assertThat(top.size()).isZero();
        }
    }

    private static Use use(
            LruLists<Page> lists, AtomicReferenceArray<Cgroup> cgroups, Seeded random, AtomicBoolean running) {
        List<LruItem<Page>> items = new ArrayList<>();
        List<Cgroup> old = new ArrayList<>();
        long added = 0;
        long removed = 0;
        while (running.get()) {
            while (added % 256 == 0 && lists.size() > MOST_OBJECTS && running.get()) {
                Thread.onSpinWait();
            }
            Cgroup cgroup = cgroups.get(random.nextInt(cgroups.length()));
            if (old.size() < 100) {
                old.add(cgroup);
            } else if (random.nextInt(100) == 0) {
                cgroup = old.set(random.nextInt(old.size()), cgroup);
            }
            LruItem<Page> item = random.nextInt(50) == 0
                    ? lists.addToRoot(random.nextInt(2), new Page())
                    : lists.add(cgroup, random.nextInt(2), new Page());
            added++;
            if (items.size() < USED) {
                items.add(item);
            } else {
                items.set(random.nextInt(USED), item);
            }
            LruItem<Page> some = items.get(random.nextInt(items.size()));
            if (random.nextBoolean()) {
                some.touch();
            } else if (some.remove()) {
                some.value().own();
                removed++;
            }
        }
        return new Use(added, removed);
    }

    private Future<?> rounds(AtomicBoolean running, AtomicLong freed) {
        return Threads.start(() -> {
            Seeded random = seeded.fork(100);
            while (running.get()) {
                ReclaimReport report = kit.reclaim(ReclaimRequest.everywhere().startingAt(random.nextInt(3)));
                assertThat(report.outcome()).isEqualTo(RoundOutcome.DONE);
                freed.addAndGet(report.freedObjects());
            }
            return null;
        });
    }

    /**
     * Repeats a pass at the highest priority, which frees some objects if there are any, but not all: it clears marks
     * of use first.
     */
    private void reclaimAll() {
        long freed;
        do {
            freed = kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).freedObjects();
        } while (freed > 0);
    }

    private LruLists<Page> register() {
        Seeded random = seeded.fork(200);
        return kit.await(LruLists.register(kit.reclaimer(), ShrinkerSpec.named("pages"), new LruOwner<Page>() {
            @Override
            public LruVerdict isolate(Page page) {
                if (!reluctant.get() || random.nextInt(8) > 0) {
                    return LruVerdict.REMOVE;
                }
                return random.nextBoolean() ? LruVerdict.ROTATE : LruVerdict.SKIP;
            }

            @Override
            public void reclaimed(Page page) {
                page.own();
            }
        }));
    }

    private static String path(int i) {
        return (i % 2 == 0 ? "/a/" : "/b/") + i;
    }
}
