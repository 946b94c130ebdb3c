package io.reclaimer.engine.call;

import akka.actor.typed.ActorRef;

/** A thread that can serve a visitor in the middle of a task. All methods are called by the thread itself. */
public interface VisitWorker {

    /** Sends a message; handles it before this returns if the visitor is idle. The thread runs no actor now. */
    <T> void tellAndRun(ActorRef<T> visitor, T message);

    /** The number of the thread in its pool, from 0. */
    int index();

    /** Whether another thread has taken the place of this one, because a call did not return for long. */
    boolean isReplaced();

    /** Whether a task waits for a thread, and none is free: the task under way is to leave this one soon. */
    boolean isWantedByOthers();
}
