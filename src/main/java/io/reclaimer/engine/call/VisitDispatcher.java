package io.reclaimer.engine.call;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import java.util.concurrent.Executor;

/** The dispatcher of visits, for tasks that tell visitors what to do. Thread-safe. */
public final class VisitDispatcher {

    /** The name of its settings. */
    public static final String NAME = "reclaimer.visit-dispatcher";

    /** Runs each task on the thread that submits it. */
    public static final VisitDispatcher SAME_THREAD = new VisitDispatcher(Runnable::run, 1);

    private final Executor executor;
    private final int parallelism;

    /** @param parallelism how many tasks it runs at a time: 1 or more */
    public VisitDispatcher(Executor executor, int parallelism) {
        this.executor = executor;
        this.parallelism = parallelism;
    }

    /** The dispatcher of an actor system. */
    public static VisitDispatcher of(ActorSystem<?> system) {
        return new VisitDispatcher(
                system.dispatchers().lookup(DispatcherSelector.fromConfig(NAME)),
                VisitPool.parallelism(system.settings().config().getConfig(NAME)));
    }

    public void execute(Runnable task) {
        executor.execute(task);
    }

    public int parallelism() {
        return parallelism;
    }

    /** Sends a message to a visitor, see {@link VisitWorker#tellAndRun}. A thread that is no worker only sends it. */
    public static <T> void tellAndRun(ActorRef<T> visitor, T message) {
        if (Thread.currentThread() instanceof VisitWorker worker) {
            worker.tellAndRun(visitor, message);
        } else {
            visitor.tell(message);
        }
    }

    /** The number of the calling thread in its pool; 0 if it is no worker. */
    public static int threadIndex() {
        return Thread.currentThread() instanceof VisitWorker worker ? worker.index() : 0;
    }

    /** See {@link VisitWorker#isReplaced}. False on a thread that is no worker. */
    public static boolean isReplaced() {
        return Thread.currentThread() instanceof VisitWorker worker && worker.isReplaced();
    }

    /** See {@link VisitWorker#isWantedByOthers}. False on a thread that is no worker. */
    public static boolean isWantedByOthers() {
        return Thread.currentThread() instanceof VisitWorker worker && worker.isWantedByOthers();
    }
}
