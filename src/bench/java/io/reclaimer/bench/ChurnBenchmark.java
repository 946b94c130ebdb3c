package io.reclaimer.bench;

import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Shrinkers that come and go: one op is allocate, register and free, each answered, while rounds run without pause over
 * ten cgroups, where one of four shrinkers takes as long as {@code slow} says for a scan. It is a plain one, which holds
 * one of the threads that visit: the worst that is allowed. Peer: the same under one read-write lock, which is fair; under one that is not
 * ({@code lockedUnfair}) the registering thread always goes first, and the rounds come to a stand: their number is printed.
 * Ops a second say what one caller gets who does nothing else, and whom a lock lets through many times while nobody else
 * is there; how long one op takes (sample time) says what somebody waits who comes at any moment.
 */
@BenchmarkMode({Mode.Throughput, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.SECONDS)
public class ChurnBenchmark {

    private static final int CGROUPS = 10;
    private static final int SHRINKERS = 4;

    /** Ops under way at a time where they do not wait for each other. */
    private static final int IN_FLIGHT = 64;

    /** Frees one object a scan, and takes its time. */
    private record Slow(long millis) implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return control.cgroup().isRoot() ? EMPTY : 256;
        }

        @Override
        public long scan(ShrinkControl control) {
            if (millis > 0) {
                try {
                    Thread.sleep(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return control.nrToScan();
        }
    }

    /** How long the slow one takes, in milliseconds. */
    @State(Scope.Benchmark)
    public static class Slowness {
        @Param({"0", "10"})
        public long slow;
    }

    /** Ours, under rounds. */
    @State(Scope.Benchmark)
    public static class Ours {
        private Reclaiming made;
        private volatile boolean ended;
        private Thread rounds;

        @Setup(Level.Trial)
        public void make(Slowness slowness) {
            made = new Reclaiming(1);
            List<ShrinkerHandle> handles = new ArrayList<>();
            for (int i = 0; i < SHRINKERS; i++) {
                handles.add(Reclaiming.get(register(new Slow(i == 0 ? slowness.slow : 0))));
            }
            for (Cgroup cgroup : made.online(new PassCase(CGROUPS, 1, SHRINKERS, CGROUPS, 1))) {
                handles.forEach(handle -> handle.setBit(cgroup, 0));
            }
            rounds = new Thread(
                    () -> {
                        while (!ended) {
                            Reclaiming.get(made.reclaimer()
                                    .reclaim(ReclaimRequest.everywhere().startingAt(PassCase.PRIORITY)));
                        }
                    },
                    "rounds");
            rounds.start();
        }

        @TearDown(Level.Trial)
        public void end() throws InterruptedException {
            ended = true;
            rounds.join();
            made.close();
        }

        private CompletionStage<ShrinkerHandle> register(Shrinker shrinker) {
            return made.reclaimer()
                    .register(ShrinkerSpec.named("shrinker").byCgroup().byNode(), shrinker);
        }
    }

    /** By hand, under rounds. */
    @State(Scope.Benchmark)
    public static class Locked {
        final boolean fair;
        private long roundsMade;
        private LockedCaches made;
        private volatile boolean ended;
        private Thread rounds;

        public Locked() {
            this(true);
        }

        Locked(boolean fair) {
            this.fair = fair;
        }

        @Setup(Level.Trial)
        public void make(Slowness slowness) {
            made = new LockedCaches(
                    fair,
                    new PassCase(CGROUPS, 1, SHRINKERS, CGROUPS, SHRINKERS),
                    index -> new Slow(index == 0 ? slowness.slow : 0));
            rounds = new Thread(
                    () -> {
                        while (!ended) {
                            made.round();
                            roundsMade++;
                        }
                    },
                    "rounds");
            rounds.start();
        }

        @TearDown(Level.Trial)
        public void end() throws InterruptedException {
            ended = true;
            rounds.join();
            System.out.println("rounds made: " + roundsMade);
        }

        void churn() {
            made.register(new Slow(0));
            made.freeLast();
        }
    }

    /** By hand, under rounds that have no chance. */
    @State(Scope.Benchmark)
    public static class Unfair extends Locked {
        public Unfair() {
            super(false);
        }
    }

    @Benchmark
    public void reclaimer(Ours ours) {
        Reclaiming.get(ours.register(new Slow(0)).thenCompose(ShrinkerHandle::free));
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OperationsPerInvocation(IN_FLIGHT)
    public void reclaimerInFlight(Ours ours) {
        List<CompletionStage<?>> all = new ArrayList<>(IN_FLIGHT);
        for (int i = 0; i < IN_FLIGHT; i++) {
            all.add(ours.register(new Slow(0)).thenCompose(ShrinkerHandle::free));
        }
        all.forEach(Reclaiming::get);
    }

    @Benchmark
    public void locked(Locked locked) {
        locked.churn();
    }

    @Benchmark
    public void lockedUnfair(Unfair locked) {
        locked.churn();
    }
}
