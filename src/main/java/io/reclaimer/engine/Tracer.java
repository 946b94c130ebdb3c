package io.reclaimer.engine;

import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.shrinker.TraceListener;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what visits do; where nobody listens, no event is made. Thread-safe.
 *
 * <p>A listener is called inside the visit. One that throws, or does not come back, harms no visit but the one it is in: while a
 * call of it has not come back it is told nothing, which is logged once.
 */
public final class Tracer {

    private static final Logger LOG = LoggerFactory.getLogger(Tracer.class);

    /** One listener, and whether it is left out. */
    static final class Listening {
        private final TraceListener listener;

        /** Written by the watch. */
        private volatile boolean stuck;

        private Listening(TraceListener listener) {
            this.listener = listener;
        }

        /** A call of it has not come back, or has. The watch. */
        void stuck(boolean isStuck) {
            stuck = isStuck;
        }

        @Override
        public String toString() {
            return listener.getClass().getName();
        }
    }

    /** Replaced as a whole, under this object's lock. */
    private volatile List<Listening> listeners = List.of();

    /** Whether there are any: asked in each visit. */
    private volatile boolean on;

    /**
     * Adds a listener.
     *
     * @return removes it again when run
     */
    public synchronized Runnable add(TraceListener listener) {
        Listening added = new Listening(listener);
        List<Listening> more = new ArrayList<>(listeners);
        more.add(added);
        listeners = List.copyOf(more);
        on = true;
        return () -> remove(added);
    }

    private static void warn(Listening listening, Throwable thrown) {
        try {
            LOG.warn("Trace listener [{}] failed; the visit goes on", listening, thrown);
        } catch (Throwable failed) {
            // What was thrown says what it is by user code, too.
            LOG.warn("Trace listener [{}] failed with [{}]; the visit goes on", listening, Faults.text(thrown));
        }
    }

    private synchronized void remove(Listening listener) {
        List<Listening> fewer = new ArrayList<>(listeners);
        fewer.remove(listener);
        listeners = List.copyOf(fewer);
        on = !fewer.isEmpty();
    }

    boolean isOn() {
        return on;
    }

    /**
     * Tells all listeners, on the thread of a visit.
     *
     * @return whether one of them was found to be slow
     */
    boolean publish(TraceEvent event, CallMark mark) {
        boolean slow = false;
        for (Listening listening : listeners) {
            if (listening.stuck) {
                continue;
            }
            mark.enter(listening);
            try {
                listening.listener.onEvent(event);
            } catch (Throwable thrown) {
                warn(listening, thrown);
            } finally {
                slow |= mark.leaveListener();
            }
        }
        return slow;
    }
}
