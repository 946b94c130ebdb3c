package io.reclaimer.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One pass over the whole tree on all nodes, answer included. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PassBenchmark {

    /** The case, see {@link PassCase#of}. */
    @State(Scope.Benchmark)
    public static class Case {
        @Param({
            "1000 2 64 1000 8",
            "100 2 512 100 4",
            "10000 2 512 100 4",
            "1000 2 64 10 4",
            "100000 2 64 10 4",
        })
        public String pass;

        PassCase parsed() {
            return PassCase.of(pass);
        }
    }

    /** Ours. */
    @State(Scope.Benchmark)
    public static class Ours {
        private Reclaiming made;

        @Setup(Level.Trial)
        public void make(Case state) {
            made = Reclaiming.of(state.parsed());
        }

        @TearDown(Level.Trial)
        public void end() {
            made.close();
        }
    }

    /** Arrays. */
    @State(Scope.Benchmark)
    public static class Floor {
        private FloorLoop made;

        @Setup(Level.Trial)
        public void make(Case state) {
            made = new FloorLoop(state.parsed());
        }
    }

    /** By hand. */
    @State(Scope.Benchmark)
    public static class Locked {
        private LockedCaches made;

        @Setup(Level.Trial)
        public void make(Case state) {
            made = new LockedCaches(state.parsed());
        }
    }

    @Benchmark
    public long reclaimer(Ours ours) {
        return ours.made.round().freedObjects();
    }

    @Benchmark
    public long floor(Floor floor) {
        return floor.made.round();
    }

    @Benchmark
    public long locked(Locked locked) {
        return locked.made.round();
    }
}
