package io.reclaimer.engine;

import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.shrinker.TraceListener;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what visits do; where nobody listens, no event is made. Any thread. */
public final class Tracer {

    private static final Logger LOG = LoggerFactory.getLogger(Tracer.class);

    /** Replaced as a whole, under this object's lock. */
    private volatile List<TraceListener> listeners = List.of();

    /** Whether there are any: asked in each visit. */
    private volatile boolean on;

    /**
     * Adds a listener.
     *
     * @return removes it again when run
     */
    public synchronized Runnable add(TraceListener listener) {
        List<TraceListener> more = new ArrayList<>(listeners);
        more.add(listener);
        listeners = List.copyOf(more);
        on = true;
        return () -> remove(listener);
    }

    private synchronized void remove(TraceListener listener) {
        List<TraceListener> fewer = new ArrayList<>(listeners);
        fewer.remove(listener);
        listeners = List.copyOf(fewer);
        on = !fewer.isEmpty();
    }

    boolean isOn() {
        return on;
    }

    void publish(TraceEvent event) {
        for (TraceListener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (Throwable thrown) {
                if (Fatal.is(thrown)) {
                    throw Fatal.asUnchecked(thrown);
                }
                LOG.warn("Trace listener [{}] failed; the visit goes on", listener, thrown);
            }
        }
    }
}
