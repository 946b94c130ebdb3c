package io.reclaimer.engine.call;

import io.reclaimer.shrinker.Registration;
import io.reclaimer.shrinker.TraceEvent;
import io.reclaimer.shrinker.TraceListener;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publisher of trace events of visits to listeners. Without listeners no event is made. Thread-safe.
 *
 * <p>A listener is called inside the visit. A listener that throws or does not come back harms only the visit that
 * calls it. While a call of it has not come back it is skipped, which is logged once.
 */
public final class Tracer {

    private static final Logger LOG = LoggerFactory.getLogger(Tracer.class);

    /** One listener, and whether it is skipped. */
    static final class Subscription {
        private final TraceListener listener;

        /** Written by the watchdog. */
        private volatile boolean stuck;

        private Subscription(TraceListener listener) {
            this.listener = listener;
        }

        /** Sets whether a call of it has not come back. Called by the watchdog. */
        void setStuck(boolean isStuck) {
            stuck = isStuck;
        }

        @Override
        public String toString() {
            return listener.getClass().getName();
        }
    }

    /** Replaced as a whole; written under the lock of {@code this}. */
    private volatile List<Subscription> subscriptions = List.of();

    /** Whether there are listeners: read in each visit. */
    private volatile boolean on;

    /**
     * Adds a listener.
     *
     * @return the registration; closing it removes the listener
     */
    public synchronized Registration add(TraceListener listener) {
        Subscription added = new Subscription(listener);
        List<Subscription> more = new ArrayList<>(subscriptions);
        more.add(added);
        subscriptions = List.copyOf(more);
        on = true;
        return () -> remove(added);
    }

    private static void warn(Subscription subscription, Throwable thrown) {
        try {
            LOG.warn("Trace listener [{}] failed; the visit goes on", subscription, thrown);
        } catch (Throwable failed) {
            // User code makes the text of what was thrown, too.
            LOG.warn("Trace listener [{}] failed with [{}]; the visit goes on", subscription, Faults.text(thrown));
        }
    }

    private synchronized void remove(Subscription subscription) {
        List<Subscription> fewer = new ArrayList<>(subscriptions);
        fewer.remove(subscription);
        subscriptions = List.copyOf(fewer);
        on = !fewer.isEmpty();
    }

    public boolean isOn() {
        return on;
    }

    /**
     * Tells all listeners, on the thread of a visit.
     *
     * @return whether one of them was found to be slow
     */
    public boolean publish(TraceEvent event, VisitingThread thread) {
        boolean slow = false;
        for (Subscription subscription : subscriptions) {
            if (subscription.stuck) {
                continue;
            }
            thread.enter(subscription);
            try {
                subscription.listener.onEvent(event);
            } catch (Throwable thrown) {
                warn(subscription, thrown);
            } finally {
                slow |= thread.leaveListener();
            }
        }
        return slow;
    }
}
