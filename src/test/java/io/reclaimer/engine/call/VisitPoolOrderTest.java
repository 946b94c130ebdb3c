package io.reclaimer.engine.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order of tasks. All threads but one stand still, so that the order can be seen. */
class VisitPoolOrderTest {

    private static final int TASKS = 64;

    private final Gate end = new Gate();
    private final Queue<Integer> ran = new ConcurrentLinkedQueue<>();
    private final List<ExecutorService> pools = new ArrayList<>();

    @AfterEach
    void stop() {
        end.open();
        pools.forEach(ExecutorService::shutdown);
    }

    /** A fork-join pool has a queue for each submitting thread, and empties one before it looks at another. */
    @Test
    void tasksRunInTheOrderInWhichThreadsHandThemIn() throws InterruptedException {
        ExecutorService pool = poolWithOneFreeThreadOf(2);
        Gate gate = new Gate();
        CountDownLatch all = new CountDownLatch(TASKS);
        pool.execute(gate::pass);
        gate.awaitEntered();
        List<Integer> handedIn = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            int number = i;
            Thread thread = new Thread(() -> pool.execute(() -> run(number, all)));
            thread.start();
            thread.join();
            handedIn.add(number);
        }
        gate.open();
        Threads.await(all);
        assertThat(ran).containsExactlyElementsOf(handedIn);
    }

    /**
     * A task like the next time slice of a visit that never ends does not delay a task that was submitted before it.
     */
    @Test
    void taskThatATaskHandsInComesAfterThoseThatWait() {
        ExecutorService pool = poolWithOneFreeThreadOf(2);
        Gate gate = new Gate();
        CountDownLatch all = new CountDownLatch(3);
        pool.execute(() -> {
            gate.pass();
            pool.execute(() -> run(3, all));
        });
        gate.awaitEntered();
        pool.execute(() -> run(1, all));
        pool.execute(() -> run(2, all));
        gate.open();
        Threads.await(all);
        assertThat(ran).containsExactly(1, 2, 3);
    }

    /** Tasks that wait behind a thread that does not come back are run by its replacement, in the same order. */
    @Test
    void replacedPoolHandsOverWhatWaitsInItsOrder() {
        ExecutorService pool = poolWithOneFreeThreadOf(1);
        Gate gate = new Gate();
        CountDownLatch all = new CountDownLatch(TASKS);
        Queue<Thread> stuck = new ConcurrentLinkedQueue<>();
        pool.execute(() -> {
            stuck.add(Thread.currentThread());
            gate.pass();
        });
        gate.awaitEntered();
        List<Integer> handedIn = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            int number = i;
            pool.execute(() -> run(number, all));
            handedIn.add(number);
        }
        VisitPool.replace(stuck.remove());
        Threads.await(all);
        gate.open();
        assertThat(ran).containsExactlyElementsOf(handedIn);
    }

    private void run(int number, CountDownLatch all) {
        ran.add(number);
        all.countDown();
    }

    private ExecutorService poolWithOneFreeThreadOf(int threads) {
        ExecutorService pool = new VisitPool.Configurator(
                        ConfigFactory.parseString("fork-join-executor { parallelism-min = " + threads
                                + ", parallelism-factor = 1.0, parallelism-max = " + threads + " }"),
                        null)
                .createExecutorServiceFactory("visits", Thread::new)
                .createExecutorService();
        pools.add(pool);
        CountDownLatch standing = new CountDownLatch(threads - 1);
        for (int i = 1; i < threads; i++) {
            pool.execute(() -> {
                standing.countDown();
                end.pass();
            });
        }
        Threads.await(standing);
        return pool;
    }
}
