package io.reclaimer.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counters of dropped messages, by cause: messages that could not be read, and requests of actor systems that are no
 * members. Logs a warning at most once a minute per cause. Thread-safe.
 */
final class WireFaults implements Extension {

    private static final class Id extends ExtensionId<WireFaults> {
        @Override
        public WireFaults createExtension(ActorSystem<?> system) {
            return new WireFaults(System::nanoTime, LOG::warn);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(WireFaults.class);
    private static final Id ID = new Id();

    static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final int MAX_KIND = 32;

    /** Limits the text from unknown senders in the log of this member. */
    private static final int MAX_TEXT = 256;

    private final Cause malformed;
    private final Cause dropped;

    WireFaults(LongSupplier nanoTime, Consumer<String> warn) {
        this.malformed = new Cause(nanoTime, warn);
        this.dropped = new Cause(nanoTime, warn);
    }

    static WireFaults get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** Counts a message that cannot be read. */
    void malformed(String manifest, String why) {
        malformed.add(() -> "A message of another member of kind [" + shown(manifest, MAX_KIND) + "] cannot be read: "
                + shown(why, MAX_TEXT));
    }

    /** Counts a request that is dropped because its sender is no member. */
    void droppedRequest(String kind, String address) {
        dropped.add(() -> "A request of kind [" + shown(kind, MAX_KIND) + "] is dropped: its sender ["
                + shown(address, MAX_TEXT) + "] is no member of this cluster, or no longer one");
    }

    /** The number of messages that could not be read so far. */
    long malformedMessages() {
        return malformed.count.get();
    }

    /** The number of requests that were dropped so far because their sender is no member. */
    long droppedRequests() {
        return dropped.count.get();
    }

    /** The text in one line. */
    private static String shown(String text, int max) {
        return Reasons.cut(text, max).replaceAll("\\p{Cntrl}", "?");
    }

    /** The counter and the log of one cause. */
    private static final class Cause {
        private final LongSupplier nanoTime;
        private final Consumer<String> warn;
        private final AtomicLong count = new AtomicLong();

        /** The time before which nothing is logged. */
        private final AtomicLong quietUntil;

        Cause(LongSupplier nanoTime, Consumer<String> warn) {
            this.nanoTime = nanoTime;
            this.warn = warn;
            this.quietUntil = new AtomicLong(nanoTime.getAsLong());
        }

        void add(Supplier<String> text) {
            long number = count.incrementAndGet();
            long now = nanoTime.getAsLong();
            long until = quietUntil.get();
            if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
                warn.accept(text.get() + ". [" + number + "] so far; logged once a minute");
            }
        }
    }
}
