package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.javadsl.Adapter;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Held;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * While a pair is stuck, the memory of the reclaimer is bounded by the cgroups, shrinkers and rounds that exist,
 * however many requests come.
 */
class BoundedGrowthTest {

    private static final int MILLION = 1_000_000;

    /** In bytes. One message per request would be ten times as much. */
    private static final long MOST_RETAINED_BYTES = 8 << 20;

    private static final int MOST_MORE_THREADS = 8;

    private static final int ROUNDS = 300;

    @RegisterExtension
    final ReclaimerExtension kit =
            ReclaimerExtension.create().with("reclaimer { call-deadline = 200ms, offline-timeout = 1m }");

    private final Gate gate = new Gate();
    private Cgroup stuck;
    private Cache good;
    private CompletionStage<ReclaimReport> round;

    @BeforeEach
    void makeAPairThatIsStuck() {
        good = Cache.register(kit, "good");
        stuck = kit.online("/stuck");
        ShrinkerHandle handle =
                kit.register(ShrinkerSpec.named("hung").byCgroup(), new Held(Held.Place.COUNT, stuck.path(), gate));
        handle.setBit(stuck, 0);
        round = kit.reclaimer()
                .reclaim(ReclaimRequest.in("/stuck").startingAt(0).within(Duration.ofMinutes(10)));
        gate.awaitEntered();
        Threads.until(() -> handle.state().stuckCalls() == 1);
    }

    @AfterEach
    void letGo() {
        gate.open();
        kit.await(round);
    }

    @Test
    void millionBitsForAPairThatIsStuckTakeNoMemory() {
        assertSetBitTakesNoMemory(stuck);
    }

    @Test
    void millionBitsForAPairThatDoesNotExistTakeNoMemory() {
        assertSetBitTakesNoMemory(kit.online("/new"));
    }

    @Test
    void millionBitsForACgroupThatIsOfflineTakeNoMemory() {
        Cgroup gone = kit.online("/gone");
        kit.offline("/gone");
        assertSetBitTakesNoMemory(gone);
        assertThat(kit.state("/", 0).bits()).isEmpty();
    }

    /** Going offline waits for the call. Bits that are set meanwhile are set in the parent, or not at all. */
    @Test
    void millionBitsForACgroupOnItsWayOfflineTakeNoMemory() {
        CompletionStage<?> offline = kit.reclaimer().offline("/stuck");
        assertSetBitTakesNoMemory(stuck);
        gate.open();
        kit.await(offline);
    }

    @Test
    void roundsThatEndWhileAPairIsStuckLeaveNoActorBehind() {
        for (int i = 0; i < 100; i++) {
            good.put(kit.online("/c" + i), 0, 10);
        }
        long actors = actors();
        List<String> threads = threads();
        long before = retained();
        for (int i = 0; i < ROUNDS; i++) {
            CompletionStage<ReclaimReport> next =
                    kit.reclaimer().reclaim(ReclaimRequest.everywhere().within(Duration.ofMillis(1)));
            if (i % 2 == 0) {
                next.toCompletableFuture().cancel(false);
            } else {
                kit.await(next);
            }
            kit.takeTrace();
        }
        Threads.until(() -> kit.state().runningRounds() == 1);
        // The stuck visitor is asked again and again, and no actor waits for it.
        Threads.until(() -> actors() <= actors + 4, () -> actors() + " actors, before " + actors);
        assertThreadsAreBounded(threads);
        assertThat(retained() - before).as("after [%d] rounds", ROUNDS).isLessThan(MOST_RETAINED_BYTES);
    }

    @Test
    void cgroupsThatComeAndGoWhileTheirShrinkerHangsTakeNoThreads() {
        AtomicBoolean hangs = new AtomicBoolean(true);
        Scripted deadlocked = new Scripted(control -> 0, control -> Shrinker.STOP, () -> {
            if (hangs.get()) {
                gate.pass();
            }
            return 0;
        });
        kit.register(ShrinkerSpec.named("deadlocked").byCgroup(), deadlocked);
        // The first cgroup that goes offline takes a thread for visits with it.
        CompletionStage<?> first = kit.reclaimer().offline(kit.online("/first").path());
        Threads.until(() ->
                kit.state().shrinkers().stream().mapToInt(s -> s.stuckCalls()).sum() == 2);
        long actors = actors();
        List<String> threads = threads();
        for (int i = 0; i < ROUNDS; i++) {
            kit.online("/passing");
            kit.offline("/passing");
        }
        assertThreadsAreBounded(threads);
        Threads.until(() -> actors() <= actors + 4, () -> actors() + " actors, before " + actors);
        hangs.set(false);
        gate.open();
        kit.await(first);
    }

    private void assertSetBitTakesNoMemory(Cgroup cgroup) {
        good.handle().setBit(cgroup, 0);
        kit.settle();
        long actors = actors();
        long before = retained();
        for (int i = 0; i < MILLION; i++) {
            good.handle().setBit(cgroup, 0);
        }
        assertThat(retained() - before).isLessThan(MOST_RETAINED_BYTES);
        kit.settle();
        Threads.until(() -> actors() <= actors, () -> actors() + " actors, before " + actors);
    }

    private long actors() {
        return ((ExtendedActorSystem) Adapter.toClassic(kit.system()))
                .printTree()
                .lines()
                .filter(line -> line.contains("$"))
                .count();
    }

    /**
     * A few more threads than before: the stuck ones, and those that replace them. Far fewer than there were requests.
     */
    private static void assertThreadsAreBounded(List<String> before) {
        Threads.until(
                () -> threads().size() <= before.size() + MOST_MORE_THREADS, () -> threads() + ", before " + before);
    }

    /** The threads on which shrinkers are called. */
    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("reclaimer.visit") || name.startsWith("reclaimer-blocking"))
                .sorted()
                .toList();
    }

    /** Bytes in use after a collection of all garbage. */
    private static long retained() {
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        Threads.until(() -> {
            System.gc();
            return garbage.get() == null;
        });
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
