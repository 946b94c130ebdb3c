package io.reclaimer.bench;

import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
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
import org.openjdk.jmh.annotations.Threads;

/**
 * What it costs the thread that added an object to say so: where the bit is set already, and where it is not (0→1, which
 * takes a message). Peers: a bit in a table under a read-write lock, and a bare atomic OR on one word, both shared by all
 * writers as the bit is.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SetBitBenchmark {

    private static final int CGROUPS = 500;
    private static final int SHRINKERS = 64;

    /** Bits that one thread sets in one go where none is set. */
    private static final int BATCH = 1000;

    /** Bits that are set, in one cgroup, or in so many that they do not fit into a core's cache. */
    @State(Scope.Benchmark)
    public static class Set {
        @Param({"1", "1000"})
        public int cgroups;

        private Reclaiming made;
        private ShrinkerHandle handle;
        private Cgroup[] dirty;

        @Setup(Level.Trial)
        public void make() {
            PassCase state = new PassCase(cgroups, 1, SHRINKERS, cgroups, 8);
            made = new Reclaiming(1);
            made.register(state);
            List<Cgroup> online = made.online(state);
            made.setBits(state, online);
            dirty = online.toArray(Cgroup[]::new);
            handle = made.shrinkers().get(0);
        }

        @TearDown(Level.Trial)
        public void end() {
            made.close();
        }
    }

    /** Where a writer is. */
    @State(Scope.Thread)
    public static class Place {
        private int next;
    }

    /** The peers. */
    @State(Scope.Benchmark)
    public static class Peers {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        private final long[] table = new long[1];
        private final AtomicLong word = new AtomicLong();

        @Setup(Level.Trial)
        public void make() {
            table[0] = 1;
        }

        void setLocked() {
            lock.readLock().lock();
            try {
                if ((table[0] & 1) != 0) {
                    return;
                }
            } finally {
                lock.readLock().unlock();
            }
            lock.writeLock().lock();
            try {
                table[0] |= 1;
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    /** Bits none of which is set, as many as all threads set in one go; cleared before the next by a pass. */
    @State(Scope.Thread)
    public static class First {
        private Reclaiming made;
        private final List<Cgroup> cgroups = new ArrayList<>();
        private final List<ShrinkerHandle> handles = new ArrayList<>();
        private int next;

        @Setup(Level.Trial)
        public void make() {
            made = new Reclaiming(1);
            for (int i = 0; i < SHRINKERS; i++) {
                handles.add(Reclaiming.get(made.reclaimer()
                        .register(ShrinkerSpec.named("s" + i).byCgroup().byNode(), new Empty())));
            }
            cgroups.addAll(made.online(new PassCase(CGROUPS, 1, SHRINKERS, CGROUPS, 1)));
            // So that every pair is there: it is made with the first bit.
            cgroups.forEach(cgroup -> handles.get(0).setBit(cgroup, 0));
        }

        void setBatch() {
            for (int i = 0; i < BATCH; i++) {
                handles.get(next / CGROUPS).setBit(cgroups.get(next % CGROUPS), 0);
                next++;
            }
        }

        /** Clears all bits. Not measured. */
        @Setup(Level.Invocation)
        public void clear() {
            if (next + BATCH > CGROUPS * SHRINKERS) {
                Reclaiming.get(made.reclaimer().state());
                made.round();
                next = 0;
            }
        }

        @TearDown(Level.Trial)
        public void end() {
            made.close();
        }
    }

    private static final class Empty implements Shrinker {
        @Override
        public long count(ShrinkControl control) {
            return EMPTY;
        }

        @Override
        public long scan(ShrinkControl control) {
            return STOP;
        }
    }

    @Benchmark
    @Threads(2)
    public void alreadySet2(Set set, Place place) {
        set.handle.setBit(set.dirty[place.next++ % set.dirty.length], 0);
    }

    @Benchmark
    @Threads(8)
    public void alreadySet8(Set set, Place place) {
        set.handle.setBit(set.dirty[place.next++ % set.dirty.length], 0);
    }

    /** A reclaimer for each writer, so that clearing is not in the others' way; all of them share the two cores. */
    @Benchmark
    @Threads(2)
    @OperationsPerInvocation(BATCH)
    public void first2(First first) {
        first.setBatch();
    }

    @Benchmark
    @Threads(8)
    @OperationsPerInvocation(BATCH)
    public void first8(First first) {
        first.setBatch();
    }

    @Benchmark
    @Threads(2)
    public void locked2(Peers peers) {
        peers.setLocked();
    }

    @Benchmark
    @Threads(8)
    public void locked8(Peers peers) {
        peers.setLocked();
    }

    @Benchmark
    @Threads(2)
    public long atomicOr2(Peers peers) {
        return peers.word.getAndUpdate(bits -> bits | 1);
    }
}
