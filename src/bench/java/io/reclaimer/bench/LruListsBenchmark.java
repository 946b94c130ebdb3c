package io.reclaimer.bench;

import io.reclaimer.Cgroup;
import io.reclaimer.adapter.LruItem;
import io.reclaimer.adapter.LruLists;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * Lists in the order of use, shared by two threads: one op adds an object, touches it, and removes it, from 1,000 that
 * stay. Peers: a {@link ConcurrentLinkedDeque}, which has no touch and searches what it removes from its young end; and a
 * {@link LinkedHashMap} in the order of access under a lock. {@code touch} alone is measured too.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(2)
public class LruListsBenchmark {

    private static final int STAY = 1000;

    /** Ours. */
    @State(Scope.Benchmark)
    public static class Ours {
        private Reclaiming made;
        private Cgroup cgroup;
        private LruLists<Object> lists;
        private LruItem<Object> one;

        @Setup(Level.Trial)
        public void make() {
            made = new Reclaiming(1);
            cgroup = made.online(new PassCase(1, 1, 1, 1, 1)).get(0);
            lists = Reclaiming.get(LruLists.register(made.reclaimer(), ShrinkerSpec.named("lists"), gone -> {}));
            for (int i = 0; i < STAY; i++) {
                one = lists.add(cgroup, 0, i);
            }
        }

        @TearDown(Level.Trial)
        public void end() {
            made.close();
        }
    }

    /** A list without locks. */
    @State(Scope.Benchmark)
    public static class Deque {
        private final ConcurrentLinkedDeque<Object> deque = new ConcurrentLinkedDeque<>();

        @Setup(Level.Trial)
        public void make() {
            for (int i = 0; i < STAY; i++) {
                deque.addLast(i);
            }
        }
    }

    /** A map with a lock. */
    @State(Scope.Benchmark)
    public static class Locked {
        private final Map<Object, Object> map = new LinkedHashMap<>(2 * STAY, 0.75f, true);
        private final Object one = new Object();

        @Setup(Level.Trial)
        public void make() {
            for (int i = 0; i < STAY; i++) {
                map.put(i, i);
            }
            map.put(one, one);
        }
    }

    @Benchmark
    public boolean lruLists(Ours ours) {
        LruItem<Object> item = ours.lists.add(ours.cgroup, 0, ours);
        item.touch();
        return item.remove();
    }

    @Benchmark
    public boolean lruListsTouch(Ours ours) {
        return ours.one.touch();
    }

    @Benchmark
    public boolean deque(Deque deque) {
        Object object = new Object();
        deque.deque.addLast(object);
        return deque.deque.removeLastOccurrence(object);
    }

    @Benchmark
    public Object locked(Locked locked) {
        Object object = new Object();
        synchronized (locked.map) {
            locked.map.put(object, object);
        }
        synchronized (locked.map) {
            locked.map.get(object);
        }
        synchronized (locked.map) {
            return locked.map.remove(object);
        }
    }

    @Benchmark
    public Object lockedTouch(Locked locked) {
        synchronized (locked.map) {
            return locked.map.get(locked.one);
        }
    }
}
