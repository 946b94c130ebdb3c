package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import io.reclaimer.engine.call.CallContext;
import io.reclaimer.engine.call.EngineSettings;
import io.reclaimer.engine.call.VisitDispatcher;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state of one engine that its actors share. Thread-safe; each setter says who may call it. */
public final class EngineContext extends CallContext {

    /** Passes that were begun so far. */
    private final AtomicLong passes = new AtomicLong();

    private final UnawaitedReparents unawaitedReparents = new UnawaitedReparents();

    private volatile @Nullable ActorRef<TimeSlices.Next> timeSlices;

    private volatile VisitDispatcher visits = VisitDispatcher.SAME_THREAD;

    /**
     * The state of a new engine.
     *
     * @param nanoTime the clock, in nanoseconds from any start
     * @param blocking runs each task at once, on a thread where it may block
     */
    public EngineContext(EngineSettings settings, LongSupplier nanoTime, Executor blocking) {
        super(settings, nanoTime, blocking, thread -> new PassThread(thread, nanoTime));
    }

    /** Has passes begin on the visit dispatcher of the system. Called before the first round. */
    public void setSystem(ActorSystem<?> system) {
        setVisits(VisitDispatcher.of(system));
    }

    /** Sets where passes begin. Called before the first round; without it, they begin where their round runs. */
    void setVisits(VisitDispatcher dispatcher) {
        visits = dispatcher;
    }

    /** The dispatcher of visits. */
    VisitDispatcher visits() {
        return visits;
    }

    /** The state of the calling thread, which runs visits. */
    PassThread thisThread() {
        return (PassThread) visitingThreads().ofThisThread();
    }

    /** The number of a new pass: higher than those of all passes before it. */
    long nextPass() {
        return passes.incrementAndGet();
    }

    UnawaitedReparents unawaitedReparents() {
        return unawaitedReparents;
    }

    /** Sets the actor that hands out time slices. Called by the actor of the rounds. */
    void setTimeSlices(ActorRef<TimeSlices.Next> actor) {
        timeSlices = actor;
    }

    /** Sends the message to the visitor when others have had a time slice. Any thread. */
    void nextSlice(Visitor visitor, CgroupNode.Command message) {
        Objects.requireNonNull(timeSlices, "Time slices are not handed out yet")
                .tell(new TimeSlices.Next(visitor, message));
    }
}
