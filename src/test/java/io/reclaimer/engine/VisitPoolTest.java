package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is handed to the pool of visiting threads is run, also where a thread that does not come back is replaced. */
public class VisitPoolTest {

    private static final long LIMIT_SECONDS = 60;

    private final CountDownLatch comesBack = new CountDownLatch(1);
    private final List<LosingPool> pools = new ArrayList<>();

    private final VisitPool pool = new VisitPool("spec", 1, null, (parallelism, factory) -> {
        LosingPool made = new LosingPool(parallelism, factory);
        pools.add(made);
        return made;
    });

    /** A pool that is replaced while it is handed a task, and loses that, as one that is over at once does. */
    private static final class LosingPool extends ForkJoinPool {
        private Runnable meanwhile;

        LosingPool(int parallelism, ForkJoinWorkerThreadFactory factory) {
            super(parallelism, factory, null, true);
        }

        @Override
        public void execute(Runnable task) {
            Runnable next = meanwhile;
            if (next == null) {
                super.execute(task);
            } else {
                meanwhile = null;
                next.run();
            }
        }
    }

    @Test
    public void taskThatComesWhileThePoolIsReplacedIsRunByTheNextOne() throws Exception {
        Thread stuck = stuckThread();
        CountDownLatch ran = new CountDownLatch(1);
        pools.get(0).meanwhile = () -> VisitPool.replace(stuck);
        pool.execute(ran::countDown);
        assertThat(pools).hasSize(2);
        assertThat(ran.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        comesBack.countDown();
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
