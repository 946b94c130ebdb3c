package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is handed to the pool of visiting threads is run, also where a thread that does not come back is replaced. */
public class VisitPoolTest {

    private static final long LIMIT_SECONDS = 60;

    private final CountDownLatch comesBack = new CountDownLatch(1);
    private final List<LatePool> pools = new ArrayList<>();

    private final VisitPool pool = new VisitPool("spec", 1, null, (parallelism, factory) -> {
        LatePool made = new LatePool(parallelism, factory);
        pools.add(made);
        return made;
    });

    /** A pool that accepts a task, and is shut down before it has put it into its queue, as happens between two threads. */
    private static final class LatePool extends VisitPool.Pool {
        private final List<ForkJoinTask<?>> late = new ArrayList<>();
        private Runnable meanwhile;

        LatePool(int parallelism, ForkJoinWorkerThreadFactory factory) {
            super(parallelism, factory);
        }

        @Override
        public void execute(Runnable task) {
            Runnable next = meanwhile;
            if (next == null) {
                super.execute(task);
                return;
            }
            meanwhile = null;
            next.run();
            late.add(ForkJoinTask.adapt(task));
        }

        @Override
        List<ForkJoinTask<?>> drain() {
            List<ForkJoinTask<?>> all = new ArrayList<>(super.drain());
            all.addAll(late);
            late.clear();
            return all;
        }
    }

    @Test
    public void taskThatComesWhileThePoolIsReplacedIsRunByTheNextOne() throws Exception {
        Thread stuck = stuckThread();
        CountDownLatch ran = new CountDownLatch(1);
        LatePool first = pools.get(0);
        first.meanwhile = () -> VisitPool.replace(stuck);
        pool.execute(ran::countDown);
        comesBack.countDown();
        assertThat(pools).hasSize(2);
        assertThat(first.late).as("Left in the queue of the pool before").isEmpty();
        assertThat(ran.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        pool.shutdown();
    }

    @Test
    void tasksThatWaitForAStuckThreadAreRunByTheNextPool() throws Exception {
        Thread stuck = stuckThread();
        CountDownLatch ran = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            pool.execute(ran::countDown);
        }
        VisitPool.replace(stuck);
        assertThat(ran.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        comesBack.countDown();
        pool.shutdown();
    }

    @Test
    void threadIsReplacedOnce() throws Exception {
        Thread stuck = stuckThread();
        VisitPool.replace(stuck);
        VisitPool.replace(stuck);
        comesBack.countDown();
        assertThat(pools).hasSize(2);
        pool.shutdown();
    }

    /** The pool's only thread, in a call that does not come back. */
    private Thread stuckThread() throws Exception {
        Exchanger<Thread> thread = new Exchanger<>();
        pool.execute(() -> {
            try {
                thread.exchange(Thread.currentThread());
                comesBack.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return thread.exchange(Thread.currentThread(), LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
