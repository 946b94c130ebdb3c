package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.testkit.AsyncScripted;
import io.reclaimer.testkit.BlockingReclaimer;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.Held.Place;
import io.reclaimer.testkit.HeldVisit;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.Thrown;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every exception of user code is a fault of that one call: the pair goes on, and the next round frees. */
class ThrownTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("akka.jvm-exit-on-fatal-error = off");

    private final ShrinkerSpec spec = ShrinkerSpec.named("broken").byCgroup();
    private final AtomicReference<Optional<Place>> broken = new AtomicReference<>(Optional.empty());

    /** How the shrinker is called, and how its exception is passed on. */
    private enum How {
        PLAIN(Kind.PLAIN),
        BLOCKING(Kind.BLOCKING),
        STAGE_THAT_HAS_FAILED(Kind.ASYNC_AT_ONCE),
        STAGE_THAT_FAILS_LATER(Kind.ASYNC) {
            @Override
            ShrinkerHandle register(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
                return registerStages(
                        kit,
                        spec,
                        shrinker,
                        (future, answer) -> Threads.executor().execute(() -> complete(future, answer)));
            }
        },
        /** The same, with the exception not wrapped. */
        STAGE_THAT_HAS_FAILED_WITH_ITSELF(Kind.ASYNC) {
            @Override
            ShrinkerHandle register(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
                return registerStages(kit, spec, shrinker, ThrownTest::complete);
            }
        },
        STAGE_THAT_IS_NOT_RETURNED(Kind.PLAIN) {
            @Override
            ShrinkerHandle register(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
                return kit.register(
                        spec,
                        AsyncScripted.answering(shrinker, answer -> CompletableFuture.completedStage(answer.get())));
            }
        };

        private final Kind kind;

        How(Kind kind) {
            this.kind = kind;
        }

        ShrinkerHandle register(BlockingReclaimer kit, ShrinkerSpec spec, Shrinker shrinker) {
            return kind.register(kit, spec, shrinker);
        }
    }

    private static ShrinkerHandle registerStages(
            BlockingReclaimer kit,
            ShrinkerSpec spec,
            Shrinker shrinker,
            BiConsumer<CompletableFuture<Long>, Supplier<Long>> completing) {
        return kit.register(spec, AsyncScripted.answering(shrinker, answer -> {
            CompletableFuture<Long> future = new CompletableFuture<>();
            completing.accept(future, answer);
            return future;
        }));
    }

    /** Fails with the exception itself. Futures of the JDK would wrap it, and stay open if its text can't be made. */
    private static void complete(CompletableFuture<Long> future, Supplier<Long> answer) {
        try {
            future.complete(answer.get());
        } catch (Throwable thrown) {
            future.completeExceptionally(thrown);
        }
    }

    static Stream<Arguments> everything() {
        return Arrays.stream(Thrown.values())
                .flatMap(thrown -> Arrays.stream(How.values()).map(how -> Arguments.of(thrown, how)));
    }

    @ParameterizedTest
    @MethodSource("everything")
    void whatACallThrowsIsItsFaultAndTheNextRoundFrees(Thrown thrown, How how) {
        KIT.online("/a");
        Cgroup leaf = KIT.online("/a/leaf");
        ShrinkerHandle handle = how.register(KIT, spec, throwing(thrown));
        handle.setBit(leaf, 0);

        broken.set(Optional.of(Place.COUNT));
        assertThat(KIT.pass("/a/leaf", 0, 0).freedObjects()).isZero();
        assertFault(handle, 1, "its count threw");
        broken.set(Optional.of(Place.SCAN));
        assertThat(KIT.pass("/a/leaf", 0, 0).freedObjects()).isZero();
        assertFault(handle, 2, "its scan threw");
        broken.set(Optional.empty());
        assertThat(KIT.pass("/a/leaf", 0, 0).freedObjects()).isPositive();
        broken.set(Optional.of(Place.REPARENT));
        KIT.offline("/a/leaf");
        assertFault(handle, 3, "its reparent threw");
        broken.set(Optional.empty());
        // Objects that were moved before the exception belong to the parent.
        assertThat(KIT.state("/a", 0).bits()).containsExactly(handle.id());
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isPositive();
        assertThat(KIT.state().shrinkers()).allMatch(shrinker -> shrinker.stuckCalls() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void whatATraceListenerThrowsChangesNoVisit(Thrown thrown) {
        Queue<TraceEvent> heardByTheNext = new ConcurrentLinkedQueue<>();
        Registration throwing = KIT.reclaimer().trace(event -> thrown.raise());
        Registration next = KIT.reclaimer().trace(heardByTheNext::add);
        Cache good = Cache.registerIn(KIT, "/a", spec, 100);
        KIT.takeTrace();
        assertThat(KIT.pass("/a", 0, 0).freedObjects()).isEqualTo(100);
        assertThat(KIT.takeTrace()).hasSize(2);
        assertThat(heardByTheNext).hasSize(2);
        throwing.close();
        next.close();
        assertThat(good.handle().state().faults()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatACallbackThrowsHarmsNoOtherAnswer(Thrown thrown) {
        HeldVisit visit = HeldVisit.begin(KIT, spec.blocking(), "/a");
        visit.round().thenRun(thrown::raise);
        // Whoever waits for the first one may be the one that runs what hangs on it.
        CompletionStage<ReclaimReport> answered = visit.round().thenApply(report -> report);
        visit.gate().open();
        KIT.await(answered);
        for (int i = 0; i < 10; i++) {
            KIT.await(KIT.reclaimer().state().thenApply(ReclaimerState::nrMax));
        }
        assertThat(KIT.system().getWhenTerminated().toCompletableFuture()).isNotDone();
    }

    /** The thread that a call leaves interrupted calls the next shrinker. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ACTOR")
    void interruptThatACallLeavesBehindReachesNobodyElse(Kind kind) {
        Scripted interrupting = new Scripted(control -> 10, control -> {
            Thread.currentThread().interrupt();
            return control.nrToScan();
        });
        AtomicReference<Boolean> interrupted = new AtomicReference<>(false);
        Scripted next = new Scripted(
                control -> {
                    interrupted.updateAndGet(before -> before || Thread.interrupted());
                    return 10;
                },
                control -> control.nrToScan());
        List<ShrinkerHandle> handles = List.of(
                kind.register(KIT, spec, interrupting),
                KIT.register(ShrinkerSpec.named("next").byCgroup(), next));
        for (int i = 0; i < 10; i++) {
            Cgroup cgroup = KIT.online("/c" + i);
            handles.forEach(handle -> handle.setBit(cgroup, 0));
            assertThat(KIT.pass("/c" + i, 0, 0).freedObjects()).isPositive();
        }
        assertThat(interrupted).hasValue(false);
    }

    private Shrinker throwing(Thrown thrown) {
        return new Scripted(
                control -> answer(thrown, Place.COUNT, 100),
                control -> answer(thrown, Place.SCAN, control.nrToScan()),
                () -> answer(thrown, Place.REPARENT, 0));
    }

    private long answer(Thrown thrown, Place here, long answer) {
        return broken.get().equals(Optional.of(here)) ? thrown.<Long>raise() : answer;
    }

    private static void assertFault(ShrinkerHandle handle, long faults, String what) {
        assertThat(handle.state().faults()).as("%s", handle.state()).isEqualTo(faults);
        assertThat(handle.state().lastFault().orElseThrow()).contains(what);
    }
}
