package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkerObjects;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Seeded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The fair order: shrinkers that a round did not reach come first in the next one, so that none always pays first. Each
 * round here has a target of one batch, which one shrinker in one cgroup pays. There is one thread, so that exactly one
 * pays.
 */
class FairOrderTest {

    private static final int BATCH = 10;

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create()
            .with("reclaimer { late-after = 10s, visit-dispatcher.fork-join-executor.parallelism-max = 1 }");

    private final ShrinkerSpec spec =
            ShrinkerSpec.named("pages").byCgroup().byNode().batch(BATCH);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "siblings, /, /c0 /c1 /c2 /c3 /c4",
        "cousins, /, /a/x /a/y /b/x /b/y",
        "a child and its parent, /a, /a /a/b",
        "children and their parent, /a, /a /a/b /a/c /a/d",
        // Those below get a round's pass later than those that are children of its top.
        "cgroups of several levels, /, /a/x /b /c",
        "shrinkers of one cgroup, /a, /a:s0 /a:s1 /a:s2 /a:s3",
        "shrinkers of the root, /, /:s0 /:s1 /:s2 /:s3",
        "shrinkers in several cgroups, /, /a:s0 /b:s0 /c:s0 /a:s1 /b:s1 /c:s1",
        "a child and the many shrinkers of its parent, /a, /a:s0 /a/b:s0 /a:s1",
        "a cgroup and the shrinkers of the root, /, /:s0 /:s1 /a:s2"
    })
    void payersTakeTurns(String what, String top, String payers) {
        Map<String, ShrinkerHandle> shrinkers = new HashMap<>();
        for (String payer : payers.split(" ")) {
            String cgroup = payer.replaceFirst(":.*", "");
            String name = "pages" + payer.substring(cgroup.length());
            if (cgroup.equals("/")) {
                KIT.register(ShrinkerSpec.named(name).batch(BATCH), Scripted.endless(100_000));
            } else {
                Bits.setIn(KIT, cgroup, shrinkers.computeIfAbsent(name, this::register));
            }
        }
        assertTurns(payers.split(" ").length, top, what);
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
            Cgroup cgroup = KIT.online(parent + "/c" + i);
            cgroups.add(cgroup);
            for (ShrinkerHandle handle : handles) {
                if (random.nextBoolean()) {
                    handle.setBit(cgroup, 0);
                    payers++;
                }
            }
        }
        KIT.register(ShrinkerSpec.named("global0").batch(BATCH), Scripted.endless(100_000));
        KIT.register(ShrinkerSpec.named("global1").batch(BATCH), Scripted.endless(100_000));
        assertTurns(payers, "/", random.toString());
    }

    /**
     * A cgroup that becomes dirty in one series of rounds is reached in the next one at the latest, and displaces no
     * other.
     */
    @Test
    void cgroupThatBecomesDirtyBetweenRoundsIsNotLeftOut() {
        ShrinkerHandle pages = Bits.setIn(KIT, List.of("/c0", "/c1", "/c2"), register("pages"));
        Set<String> paid = new HashSet<>();
        paid.add(payer("/"));
        Bits.setIn(KIT, "/late", pages);
        for (int i = 0; i < 6; i++) {
            paid.add(payer("/"));
        }
        assertThat(paid).hasSize(4);
    }

    /** A round without a target visits all shrinkers, and changes no order. */
    @Test
    void roundWithoutATargetChangesNobodysTurn() {
        Bits.setIn(KIT, List.of("/c0", "/c1", "/c2"), register("pages"));
        Set<String> paid = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            paid.add(payer("/"));
            KIT.reclaim(ReclaimRequest.everywhere());
        }
        assertThat(paid).hasSize(3);
    }

    /** A bit that is kept does not mean that its cgroup was not reached. */
    @Test
    void cgroupWithABitThatIsNotVisitedIsNotFirstTwice() {
        Cgroup a = KIT.online("/a");
        Cgroup b = KIT.online("/b");
        ShrinkerHandle pages = register("pages");
        ShrinkerHandle allocated = KIT.allocate(spec, Scripted.endless(10));
        pages.setBit(a, 0);
        allocated.setBit(a, 0);
        KIT.settle();
        pages.setBit(b, 0);
        assertTurns(2, "/", "");
    }

    /** The shrinker that would come first in the next round is freed before. */
    @Test
    void shrinkerThatIsFreedDoesNotBringTheFirstToTheFrontAgain() {
        List<ShrinkerHandle> handles = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            handles.add(KIT.register(ShrinkerSpec.named("s" + i).batch(BATCH), Scripted.endless(100_000)));
        }
        assertThat(payer("/")).isEqualTo("/ s0");
        KIT.await(handles.get(1).free());
        assertThat(payer("/")).isEqualTo("/ s2");
    }

    private ShrinkerHandle register(String name) {
        return KIT.register(
                ShrinkerSpec.named(name)
                        .byCgroup()
                        .byNode()
                        .seeks(spec.seeks())
                        .batch(BATCH)
                        .objectBytes(1),
                new Scripted(control -> control.cgroup().isRoot() ? 0 : 100_000, control -> control.nrToScan()));
    }

    /** Checks that in each series of so many rounds every payer pays once. */
    private void assertTurns(int payers, String top, String what) {
        KIT.settle();
        for (int row = 0; row < 3; row++) {
            List<String> paid = new ArrayList<>();
            for (int i = 0; i < payers; i++) {
                paid.add(payer(top));
            }
            assertThat(paid).as("row %d %s", row, what).doesNotHaveDuplicates();
        }
    }

    private String payer(String top) {
        ReclaimReport report = KIT.reclaim(ReclaimRequest.in(top).startingAt(0).objects(BATCH));
        assertThat(report.freedObjects()).isEqualTo(BATCH);
        assertThat(report.largest()).hasSize(1);
        ShrinkerObjects freed = report.largest().get(0);
        return freed.cgroup() + " " + freed.shrinker();
    }
}
