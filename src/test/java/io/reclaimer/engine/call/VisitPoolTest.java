package io.reclaimer.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every task of the visit pool is run, also where a thread that does not come back is replaced. */
public class VisitPoolTest {

    private static final long LIMIT_SECONDS = 60;

    /** Half a second together: a woken thread does not sleep for so long. */
    private static final int MANY_LOOKS = 500;

    private static final long LOOK_NANOS = 1_000_000;

    /** A queue that runs an action right after a thread has found it empty. */
    private static final class Watched extends ConcurrentLinkedQueue<Runnable> {
        private static final long serialVersionUID = 1;

        private final AtomicReference<Runnable> afterEmpty = new AtomicReference<>();

        @Override
        public boolean isEmpty() {
            boolean empty = super.isEmpty();
            Runnable next = empty && Thread.currentThread() instanceof VisitPool.VisitThread
                    ? afterEmpty.getAndSet(null)
                    : null;
            if (next != null) {
                next.run();
            }
            return empty;
        }
    }

    private final CountDownLatch comesBack = new CountDownLatch(1);
    private final Watched waiting = new Watched();
    private final VisitPool pool = new VisitPool("spec", 1, Thread::new, waiting);

    @AfterEach
    void stop() {
        comesBack.countDown();
        pool.shutdown();
    }

    @Test
    public void taskThatComesWhileAThreadFallsAsleepIsRun() {
        AtomicReference<Thread> runner = new AtomicReference<>();
        AtomicBoolean ran = new AtomicBoolean();
        waiting.afterEmpty.set(() -> pool.execute(() -> ran.set(true)));
        pool.execute(() -> runner.set(Thread.currentThread()));
        int asleep = 0;
        while (!ran.get()) {
            Thread thread = runner.get();
            asleep = thread != null && thread.getState() == Thread.State.WAITING ? asleep + 1 : 0;
            assertThat(asleep).as("Looks in a row at which it slept").isLessThan(MANY_LOOKS);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Test
    void threadIsReplacedOnceAndEndsWhenItComesBack() throws Exception {
        Thread stuck = stuckThread();
        VisitPool.replace(stuck);
        VisitPool.replace(stuck);
        Thread next = stuckThread();
        assertThat(next.getName()).isEqualTo("spec-2");
        CountDownLatch ran = new CountDownLatch(1);
        pool.execute(ran::countDown);
        // No thread runs it: the replacement is stuck, too.
        assertThat(waiting).hasSize(1);
        comesBack.countDown();
        assertThat(ran.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        stuck.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        assertThat(stuck.isAlive()).isFalse();
        assertThat(next.isAlive()).isTrue();
    }

    /** Threads that fall asleep and tasks that are submitted meet in every order, many times. */
    @Test
    void noTaskIsLeftBehindByThreadsThatComeAndGo() throws Exception {
        ExecutorService two = new VisitPool("many", 2, Thread::new, new ConcurrentLinkedQueue<>());
        for (int i = 0; i < 5_000; i++) {
            CountDownLatch ran = new CountDownLatch(2);
            two.execute(() -> two.execute(ran::countDown));
            if (i % 10 == 0) {
                two.execute(() -> VisitPool.replace(Thread.currentThread()));
            }
            two.execute(ran::countDown);
            assertThat(ran.await(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("round %d", i)
                    .isTrue();
        }
        two.shutdown();
        assertThat(two.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatATaskThrowsGoesToTheHandlerAndTheThreadGoesOn() throws Exception {
        Thread thread = stuckThread();
        AtomicReference<Throwable> handled = new AtomicReference<>();
        thread.setUncaughtExceptionHandler((where, thrown) -> handled.set(thrown));
        pool.execute(() -> {
            throw new OutOfMemoryError("of a task");
        });
        AtomicReference<Thread> after = new AtomicReference<>();
        CountDownLatch ran = new CountDownLatch(1);
        pool.execute(() -> {
            after.set(Thread.currentThread());
            ran.countDown();
        });
        comesBack.countDown();
        assertThat(ran.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(handled.get()).isInstanceOf(OutOfMemoryError.class);
        assertThat(after.get()).isSameAs(thread);
    }

    @Test
    void whatWaitsIsRunAfterAShutdownAndNothingElse() throws Exception {
        stuckThread();
        CountDownLatch ran = new CountDownLatch(1);
        pool.execute(ran::countDown);
        pool.shutdown();
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(pool.isTerminated()).isFalse();
        comesBack.countDown();
        assertThat(ran.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.isTerminated()).isTrue();
    }

    @Test
    void whatWaitsIsHandedBackWhereThePoolEndsNow() throws Exception {
        stuckThread();
        Runnable left = () -> {};
        pool.execute(left);
        assertThat(pool.shutdownNow()).isEqualTo(List.of(left));
        assertThat(pool.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** The thread that runs the next task, in a call that does not come back. */
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
