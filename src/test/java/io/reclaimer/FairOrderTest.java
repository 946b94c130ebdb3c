package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The fair order: shrinkers that a round did not reach come first in the next one, so that none always pays first. Each
 * round here has a target of one batch, which one shrinker in one cgroup pays. There is one thread, so that exactly one
 * pays.
 */
class FairOrderTest {

    private static final int BATCH = 10;

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create()
            .with("reclaimer { late-after = 10s, visit-dispatcher.fork-join-executor.parallelism-max = 1 }");

    private final ShrinkerSpec spec =
            ShrinkerSpec.named("pages").byCgroup().byNode().batch(BATCH);

    @Test
    void cgroupsTakeTurns() {
        ShrinkerHandle pages = register("pages");
        for (int i = 0; i < 5; i++) {
            pages.setBit(kit.online("/c" + i), 0);
        }
        assertTurns(5, "/");
    }

    @Test
    void cgroupsOfSeveralLevelsTakeTurns() {
        ShrinkerHandle pages = register("pages");
        kit.online("/a");
        kit.online("/b");
        for (String path : new String[] {"/a/x", "/a/y", "/b/x", "/b/y"}) {
            pages.setBit(kit.online(path), 0);
        }
        assertTurns(4, "/");
    }

    @Test
    void shrinkersOfOneCgroupTakeTurns() {
        Cgroup a = kit.online("/a");
        for (int i = 0; i < 4; i++) {
            register("s" + i).setBit(a, 0);
        }
        assertTurns(4, "/a");
    }

    @Test
    void shrinkersOfTheRootTakeTurns() {
        for (int i = 0; i < 4; i++) {
            kit.register(ShrinkerSpec.named("s" + i).batch(BATCH), Scripted.endless(100_000));
        }
        assertTurns(4, "/");
    }

    @Test
    void shrinkersInSeveralCgroupsTakeTurns() {
        ShrinkerHandle first = register("first");
        ShrinkerHandle second = register("second");
        for (String path : new String[] {"/a", "/b", "/c"}) {
            first.setBit(kit.online(path), 0);
            second.setBit(kit.online(path), 0);
        }
        assertTurns(6, "/");
    }

    @Test
    void parentAndItsChildTakeTurns() {
        ShrinkerHandle pages = register("pages");
        pages.setBit(kit.online("/a"), 0);
        pages.setBit(kit.online("/a/b"), 0);
        assertTurns(2, "/a");
    }

    @Test
    void parentAndItsChildrenTakeTurns() {
        ShrinkerHandle pages = register("pages");
        for (String path : new String[] {"/a", "/a/b", "/a/c", "/a/d"}) {
            pages.setBit(kit.online(path), 0);
        }
        assertTurns(4, "/a");
    }

    @Test
    void childIsNotStarvedByTheManyShrinkersOfItsParent() {
        Cgroup a = kit.online("/a");
        ShrinkerHandle pages = register("pages");
        pages.setBit(a, 0);
        register("more").setBit(a, 0);
        pages.setBit(kit.online("/a/b"), 0);
        assertTurns(3, "/a");
    }

    @Test
    void cgroupIsNotStarvedByTheShrinkersOfTheRoot() {
        kit.register(ShrinkerSpec.named("first").batch(BATCH), Scripted.endless(100_000));
        kit.register(ShrinkerSpec.named("second").batch(BATCH), Scripted.endless(100_000));
        ShrinkerHandle pages = kit.register(
                spec, new Scripted(control -> control.cgroup().isRoot() ? 0 : 100_000, control -> control.nrToScan()));
        pages.setBit(kit.online("/a"), 0);
        assertTurns(3, "/");
    }

    /** Deeper cgroups are asked later in a round than the children of its top. */
    @Test
    void deepCgroupIsNotStarvedByShallowOnes() {
        ShrinkerHandle pages = register("pages");
        kit.online("/a");
        for (String path : new String[] {"/a/x", "/b", "/c"}) {
            pages.setBit(kit.online(path), 0);
        }
        assertTurns(3, "/");
    }

    /** A random tree, with random shrinkers in its cgroups, and some that are called on the root. */
    @Test
    void everybodyInARandomTreeTakesTurns() {
        Seeded random = Seeded.create();
        List<ShrinkerHandle> handles = List.of(register("s0"), register("s1"), register("s2"));
        List<Cgroup> cgroups = new ArrayList<>();
        int payers = 2;
        for (int i = 0; i < 12; i++) {
            int above = random.nextInt(cgroups.size() + 1) - 1;
            String parent = above < 0 ? "" : cgroups.get(above).path().toString();
            Cgroup cgroup = kit.online(parent + "/c" + i);
            cgroups.add(cgroup);
            for (ShrinkerHandle handle : handles) {
                if (random.nextBoolean()) {
                    handle.setBit(cgroup, 0);
                    payers++;
                }
            }
        }
        kit.register(ShrinkerSpec.named("global0").batch(BATCH), Scripted.endless(100_000));
        kit.register(ShrinkerSpec.named("global1").batch(BATCH), Scripted.endless(100_000));
        assertTurns(payers, "/", random.toString());
    }

    /**
     * A cgroup that becomes dirty in one series of rounds is reached in the next one at the latest, and displaces no
     * other.
     */
    @Test
    void cgroupThatBecomesDirtyBetweenRoundsIsNotLeftOut() {
        ShrinkerHandle pages = register("pages");
        for (int i = 0; i < 3; i++) {
            pages.setBit(kit.online("/c" + i), 0);
        }
        kit.settle();
        Set<String> paid = new HashSet<>();
        paid.add(payer("/"));
        pages.setBit(kit.online("/late"), 0);
        kit.settle();
        for (int i = 0; i < 6; i++) {
            paid.add(payer("/"));
        }
        assertThat(paid).hasSize(4);
    }

    /** A round without a target visits all shrinkers, and changes no order. */
    @Test
    void roundWithoutATargetChangesNobodysTurn() {
        ShrinkerHandle pages = register("pages");
        for (int i = 0; i < 3; i++) {
            pages.setBit(kit.online("/c" + i), 0);
        }
        kit.settle();
        Set<String> paid = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            paid.add(payer("/"));
            kit.reclaim(ReclaimRequest.everywhere());
        }
        assertThat(paid).hasSize(3);
    }

    /** A bit that is kept does not mean that its cgroup was not reached. */
    @Test
    void cgroupWithABitThatIsNotVisitedIsNotFirstTwice() {
        Cgroup a = kit.online("/a");
        Cgroup b = kit.online("/b");
        ShrinkerHandle pages = register("pages");
        ShrinkerHandle allocated = kit.allocate(spec, Scripted.endless(10));
        pages.setBit(a, 0);
        allocated.setBit(a, 0);
        kit.settle();
        pages.setBit(b, 0);
        assertTurns(2, "/");
    }

    /** The shrinker that would come first in the next round is freed before. */
    @Test
    void shrinkerThatIsFreedDoesNotBringTheFirstToTheFrontAgain() {
        List<ShrinkerHandle> handles = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            handles.add(kit.register(ShrinkerSpec.named("s" + i).batch(BATCH), Scripted.endless(100_000)));
        }
        assertThat(payer("/")).isEqualTo("/ s0");
        kit.await(handles.get(1).free());
        assertThat(payer("/")).isEqualTo("/ s2");
    }

    private ShrinkerHandle register(String name) {
        return kit.register(
                ShrinkerSpec.named(name)
                        .byCgroup()
                        .byNode()
                        .seeks(spec.seeks())
                        .batch(BATCH)
                        .objectBytes(1),
                new Scripted(control -> control.cgroup().isRoot() ? 0 : 100_000, control -> control.nrToScan()));
    }

    /** Checks that in each series of so many rounds every payer pays once. */
    private void assertTurns(int payers, String top) {
        assertTurns(payers, top, "");
    }

    private void assertTurns(int payers, String top, String seed) {
        kit.settle();
        for (int row = 0; row < 3; row++) {
            List<String> paid = new ArrayList<>();
            for (int i = 0; i < payers; i++) {
                paid.add(payer(top));
            }
            assertThat(paid).as("row %d %s", row, seed).doesNotHaveDuplicates();
        }
    }

    private String payer(String top) {
        ReclaimReport report = kit.reclaim(ReclaimRequest.in(top).startingAt(0).objects(BATCH));
        assertThat(report.freedObjects()).isEqualTo(BATCH);
        assertThat(report.largest()).hasSize(1);
        ReclaimReport.Freed freed = report.largest().get(0);
        return freed.cgroup() + " " + freed.shrinker();
    }
}
