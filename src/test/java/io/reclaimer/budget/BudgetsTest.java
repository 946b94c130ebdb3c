package io.reclaimer.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.SharedReclaimer;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.ReclaimFlag;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Bits;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cgroups are kept within their limits in bytes, and nobody pays for another one. */
class BudgetsTest {

    private static final long OBJECT = 1_000;

    private static final int MANY = 200;

    /** No scan call of a round with a target in bytes frees more objects. */
    private static final int BATCH = 128;

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create()
            .with("reclaimer.nodes = [heap, direct], reclaimer.budgets { interval = 10ms, retry-max = 50ms }");

    private final ShrinkerSpec spec =
            ShrinkerSpec.named("pages").byCgroup().byNode().objectBytes(OBJECT);

    private final Budgets budgets = Budgets.get(KIT.system());

    @AfterEach
    void removeLimits() {
        budgets.status().forEach(of -> set(of.cgroup().toString(), of.node(), Limits.none()));
        assertThat(budgets.status()).isEmpty();
    }

    private BudgetStatus set(String cgroup, String node, Limits limits) {
        return KIT.await(budgets.setLimits(CgroupPath.of(cgroup), node, limits));
    }

    private BudgetStatus onlyStatus() {
        List<BudgetStatus> all = budgets.status();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    @Test
    void cgroupThatGoesOverHighIsReclaimedAndItsNeighbourIsNot() {
        Cache cache = Cache.register(KIT, spec);
        Cgroup leaking = KIT.online("/leaking");
        Cgroup calm = KIT.online("/calm");
        cache.put(calm, 0, 2_000);
        cache.put(leaking, 0, 500);
        assertThat(set("/leaking", "heap", Limits.none().high(1_000 * OBJECT)).heldBytes())
                .hasValue(500 * OBJECT);
        cache.put(leaking, 0, 3_000);
        Threads.until(() -> cache.objects(leaking, 0) <= 1_000);
        Threads.until(() -> onlyStatus().highEvents() > 0 && onlyStatus().isWithinLimits());
        assertThat(cache.objects(leaking, 0)).isGreaterThanOrEqualTo(1_000 - BATCH);
        assertThat(cache.objects(calm, 0)).isEqualTo(2_000);
        assertThat(onlyStatus().maxEvents()).isZero();
        assertThat(onlyStatus().peakBytes()).isGreaterThan(1_000 * OBJECT);
        assertThat(onlyStatus().lastOutcome()).hasValue(RoundOutcome.TARGET_REACHED);
    }

    @Test
    void descendantsCountTowardsALimitAndPayForIt() {
        Cache cache = Cache.register(KIT, spec);
        KIT.online("/shop");
        Cgroup web = KIT.online("/shop/web");
        Cgroup orm = KIT.online("/shop/orm");
        cache.put(web, 0, 600);
        cache.put(orm, 0, 600);
        KIT.settle();
        BudgetStatus status = set("/shop", "heap", Limits.none().high(1_000 * OBJECT));
        assertThat(status.isWithinLimits()).isTrue();
        assertThat(cache.objects(web, 0) + cache.objects(orm, 0)).isBetween(1_000L - 2 * BATCH, 1_000L);
    }

    @Test
    void limitIsOfOneNode() {
        Cache cache = Cache.register(KIT, spec);
        Cgroup shop = KIT.online("/shop");
        cache.put(shop, 0, 500);
        cache.put(shop, 1, 500);
        KIT.settle();
        BudgetStatus status = set("/shop", "direct", Limits.none().max(100 * OBJECT));
        assertThat(status.node()).isEqualTo("direct");
        assertThat(cache.objects(shop, 1)).isBetween(0L, 100L);
        assertThat(cache.objects(shop, 0)).isEqualTo(500);
    }

    /** Above max somebody may wait for memory: such a round may take all. Above high, it is a background round. */
    @Test
    void roundIsDirectAboveMaxAndInTheBackgroundAboveHigh() {
        Set<Set<ReclaimFlag>> flags = ConcurrentHashMap.newKeySet();
        AtomicLong objects = new AtomicLong(1_000);
        Bits.setIn(KIT, "/shop", KIT.register(spec, new Scripted(any -> objects.get(), control -> {
            flags.add(control.flags());
            objects.addAndGet(-control.nrToScan());
            return control.nrToScan();
        })));
        set("/shop", "heap", Limits.none().high(800 * OBJECT));
        assertThat(flags).containsExactly(Set.of(ReclaimFlag.BACKGROUND));
        flags.clear();
        set("/shop", "heap", Limits.none().max(400 * OBJECT));
        assertThat(flags).containsExactly(Set.of());
        assertThat(objects).hasValueLessThanOrEqualTo(400);
        assertThat(onlyStatus().highEvents()).isOne();
        assertThat(onlyStatus().maxEvents()).isOne();
    }

    @Test
    void cgroupAboveMaxAndHighEndsBelowBoth() {
        Cache cache = Cache.registerIn(KIT, "/shop", spec, 3_000);
        BudgetStatus status =
                set("/shop", "heap", Limits.none().high(500 * OBJECT).max(2_000 * OBJECT));
        assertThat(status.isWithinLimits()).isTrue();
        assertThat(cache.table().objects()).isBetween(500L - BATCH, 500L);
        assertThat(status.maxEvents()).isOne();
        assertThat(status.highEvents()).isOne();
    }

    /** Nothing is gained by what the shrinker says that it freed. */
    @Test
    void limitThatCanNotBeMetIsAnsweredWithTheReason() {
        AtomicLong scans = new AtomicLong();
        Bits.setIn(KIT, "/shop", KIT.register(spec, new Scripted(any -> 1_000, control -> {
            scans.incrementAndGet();
            return control.nrToScan();
        })));
        BudgetStatus status = set("/shop", "heap", Limits.none().max(10 * OBJECT));
        assertThat(status.isWithinLimits()).isFalse();
        assertThat(status.heldBytes()).hasValue(1_000 * OBJECT);
        assertThat(status.lastOutcome()).hasValue(RoundOutcome.TARGET_MISSED);
        // It is tried again.
        long before = scans.get();
        Threads.until(() -> scans.get() > before);
    }

    /** Otherwise nobody would know that a limit is not kept. */
    @Test
    void limitThatCanNotBeCountedIsSaid() {
        try (ReclaimerTestSystem own = ReclaimerTestSystem.start(
                "reclaimer.max-rounds = 1, reclaimer.late-after = 1m, reclaimer.budgets.interval = 10ms")) {
            Scripted stuck = new Scripted(any -> 1_000, this::forever);
            Bits.setIn(own, "/stuck", own.register(spec.blocking(), stuck));
            own.reclaimer().reclaim(ReclaimRequest.in("/stuck").startingAt(0));
            Threads.until(() -> isInScan);
            CompletionStage<BudgetStatus> answer = Budgets.get(own.system())
                    .setLimits(CgroupPath.of("/stuck"), "heap", Limits.none().high(0));
            assertThatThrownBy(() -> own.await(answer)).hasStackTraceContaining("max-rounds");
            released = true;
        }
    }

    @Test
    void cgroupThatIsNotOnlineHoldsNothingAndIsKeptWithinItsLimitsLater() {
        BudgetStatus status = set("/later", "heap", Limits.none().high(100 * OBJECT));
        assertThat(status.heldBytes()).hasValue(0);
        Cache cache = Cache.register(KIT, spec);
        cache.put(KIT.online("/later"), 0, 1_000);
        Threads.until(() -> cache.table().objects() <= 100);
    }

    /** The neighbour pays for all of it, until nothing else is left; then the one with low pays, and min is never taken. */
    @Test
    void minAndLowHoldOffRoundsForTheWholeTree() {
        Cache cache = Cache.register(KIT, spec);
        Cgroup min = KIT.online("/min");
        Cgroup low = KIT.online("/low");
        Cgroup other = KIT.online("/other");
        for (Cgroup cgroup : List.of(min, low, other)) {
            cache.put(cgroup, 0, 1_000);
        }
        KIT.settle();
        assertThat(set("/min", "heap", Limits.none().min(1_000 * OBJECT)).protection())
                .isEqualTo(Protection.MIN);
        assertThat(set("/low", "heap", Limits.none().low(1_500 * OBJECT)).protection())
                .isEqualTo(Protection.LOW);
        KIT.reclaim(ReclaimRequest.everywhere().objects(700));
        assertThat(cache.objects(min, 0)).isEqualTo(1_000);
        assertThat(cache.objects(low, 0)).isEqualTo(1_000);
        assertThat(cache.objects(other, 0)).isBetween(300L - BATCH, 300L);
        KIT.reclaim(ReclaimRequest.everywhere().objects(Long.MAX_VALUE));
        assertThat(cache.objects(min, 0)).isEqualTo(1_000);
        assertThat(cache.objects(low, 0)).isZero();
        assertThat(cache.objects(other, 0)).isZero();
    }

    @Test
    void cgroupThatHoldsMoreThanItsMinIsNotProtected() {
        Cache cache = Cache.registerIn(KIT, "/shop", spec, 1_000);
        assertThat(set("/shop", "heap", Limits.none().min(999 * OBJECT)).protection())
                .isEqualTo(Protection.NONE);
        KIT.reclaim(ReclaimRequest.everywhere().objects(100));
        assertThat(cache.table().objects()).isLessThanOrEqualTo(900);
        // It holds less than its min now.
        Threads.until(() -> onlyStatus().protection() == Protection.MIN);
        assertThat(set("/shop", "heap", Limits.none()).protection()).isEqualTo(Protection.NONE);
        KIT.reclaim(ReclaimRequest.everywhere().startingAt(0));
        assertThat(cache.table().objects()).isZero();
    }

    /** More than rounds may be under way at a time: the counts take turns. */
    @Test
    void manyCgroupsAreKeptWithinTheirLimits() {
        Cache cache = Cache.register(KIT, spec);
        List<CompletionStage<BudgetStatus>> answers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            cache.put(KIT.online("/many" + i), 0, 20);
            answers.add(budgets.setLimits(
                    CgroupPath.of("/many" + i), "heap", Limits.none().high(10 * OBJECT)));
        }
        answers.forEach(answer -> assertThat(KIT.await(answer).isWithinLimits()).isTrue());
        assertThat(budgets.status()).hasSize(MANY);
        assertThat(cache.table().objects()).isLessThanOrEqualTo(10L * MANY);
    }

    @Test
    void removedLimitIsNotKeptAnyMore() {
        Cache cache = Cache.register(KIT, spec);
        Cgroup shop = KIT.online("/shop");
        set("/shop", "heap", Limits.none().high(10 * OBJECT));
        BudgetStatus removed = set("/shop", "heap", Limits.none());
        assertThat(removed.limits().isNone()).isTrue();
        assertThat(budgets.status()).isEmpty();
        cache.put(shop, 0, 1_000);
        KIT.settle();
        // Limits that are kept are looked at several times meanwhile.
        set("/other", "heap", Limits.none().high(1));
        long held = budgets.status().size();
        assertThat(held).isOne();
        assertThat(cache.objects(shop, 0)).isEqualTo(1_000);
    }

    @Test
    void limitsAreChecked() {
        assertThatThrownBy(() -> Limits.none().high(5).max(4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("high is [5] bytes and max is [4] but high has to be at most max");
        assertThatThrownBy(() -> Limits.none().max(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max is [-1] bytes but has to be 0 or more");
        assertThatThrownBy(() -> budgets.setLimits(CgroupPath.of("/a"), "heep", Limits.none()))
                .isInstanceOf(ReclaimerException.class)
                .hasMessageContaining("[heep]");
    }

    @Test
    void limitsOfTheConfigurationAreKept() {
        try (ReclaimerTestSystem own = ReclaimerTestSystem.start("reclaimer.budgets { interval = 10ms, limits {"
                + " \"/shop\" { heap { high = 100 kB, max = 1 MB } } } }")) {
            Cache cache = Cache.registerIn(own, "/shop", spec, 1_000);
            Budgets started = Budgets.get(own.system());
            assertThat(Budgets.find(own.system())).hasValue(started);
            Threads.until(() -> cache.table().objects() <= 100);
            assertThat(started.status()).singleElement().satisfies(status -> {
                assertThat(status.cgroup()).isEqualTo(CgroupPath.of("/shop"));
                assertThat(status.limits()).hasToString("min=none low=none high=100000 max=1000000");
            });
        }
    }

    @Test
    void allErrorsOfTheConfigurationAreNamedAtOnce() {
        try (ReclaimerTestSystem own = ReclaimerTestSystem.start("reclaimer.budgets { interval = 1ms, limits {"
                + " \"/a\" { heap { high = 2 MB, max = 1 MB } },"
                + " \"/b\" { heep { high = 1 MB } },"
                + " \"/c\" { heap { hihg = 1 MB } },"
                + " \"/d\" { heap { max = many } },"
                + " \"/f\" = 7,"
                + " \"/g\" { heap { min = 5 } }, \"/g/h\" { heap { min = 3 } }, \"/g/i\" { heap { min = 3 } },"
                + " \"no path\" { heap { high = 1 } } } }")) {
            assertThatThrownBy(() -> Budgets.get(own.system()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "reclaimer.budgets.interval is [1ms] but has to be a duration from 10 ms to 1 h")
                    .hasMessageContaining("\"/a\".heap: high is [2000000] bytes and max is [1000000]")
                    .hasMessageContaining("\"/b\".heep is no node; allowed are [heap]")
                    .hasMessageContaining("\"/c\".heap.hihg is no limit; allowed are min, low, high and max")
                    .hasMessageContaining("\"/d\".heap.max is [many] but has to be a size of 0 or more bytes")
                    .hasMessageContaining("\"/f\" is [7] but has to be a section with nodes")
                    .hasMessageContaining("\"no path\": ")
                    .hasMessageContaining(
                            "the min of the children of [/g] on node [heap] are [6] bytes together but have to"
                                    + " be at most its own min, [5]");
        }
    }

    @Test
    void answersFailIfTheSystemEnds() {
        ActorSystem<Void> own = ActorSystem.create(
                Behaviors.empty(),
                "own",
                ConfigFactory.parseString("reclaimer.nodes = [heap]").withFallback(ConfigFactory.load()));
        try {
            Reclaimer reclaimer = Reclaimer.get(own);
            Cgroup shop = KIT.await(reclaimer.online("/shop"));
            Scripted stuck = new Scripted(any -> 1_000, this::forever);
            KIT.await(reclaimer.register(spec.blocking(), stuck)).setBit(shop, 0);
            CompletionStage<BudgetStatus> answer = Budgets.get(own)
                    .setLimits(CgroupPath.of("/shop"), "heap", Limits.none().max(0));
            Threads.until(() -> isInScan);
            own.terminate();
            assertThatThrownBy(() -> KIT.await(answer))
                    .hasStackTraceContaining("ReclaimerException: ")
                    .hasStackTraceContaining("actor system");
        } finally {
            released = true;
            own.terminate();
            KIT.await(own.getWhenTerminated());
        }
    }

    private volatile boolean isInScan;
    private volatile boolean released;

    private long forever(ShrinkControl control) {
        isInScan = true;
        Threads.until(() -> released || control.isCancelled());
        return 0;
    }
}
