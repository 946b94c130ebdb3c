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
 * Counts messages that are dropped, by cause: those that could not be read, and requests of actor systems that are no members.
 * Warns of each cause once a minute, however many there are. Thread-safe.
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

    private static final int LONGEST_KIND = 32;

    /** Whoever sends these has them written into this member's log. */
    private static final int LONGEST_TEXT = 256;

    private final Cause unreadable;
    private final Cause strangers;

    WireFaults(LongSupplier nanoTime, Consumer<String> warn) {
        this.unreadable = new Cause(nanoTime, warn);
        this.strangers = new Cause(nanoTime, warn);
    }

    static WireFaults get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** A message can't be read. */
    void unreadable(String manifest, String why) {
        unreadable.more(() -> "A message of another member of kind [" + shown(manifest, LONGEST_KIND)
                + "] can't be read: " + shown(why, LONGEST_TEXT));
    }

    /** A request came from an actor system that is no member; it is dropped. */
    void stranger(String kind, String address) {
        strangers.more(() -> "A request of kind [" + shown(kind, LONGEST_KIND) + "] is dropped: it came from ["
                + shown(address, LONGEST_TEXT) + "], which is no member of this cluster, or not any more");
    }

    /** How many messages could not be read so far. */
    long unreadableMessages() {
        return unreadable.count.get();
    }

    /** How many requests of actor systems that are no members were dropped so far. */
    long strangersRequests() {
        return strangers.count.get();
    }

    /** In one line, whatever it is. */
    private static String shown(String text, int most) {
        return Reasons.cut(text, most).replaceAll("\\p{Cntrl}", "?");
    }

    /** One cause. */
    private static final class Cause {
        private final LongSupplier nanoTime;
        private final Consumer<String> warn;
        private final AtomicLong count = new AtomicLong();

        /** Until when nothing is logged. */
        private final AtomicLong quietUntil;

        Cause(LongSupplier nanoTime, Consumer<String> warn) {
            this.nanoTime = nanoTime;
            this.warn = warn;
            this.quietUntil = new AtomicLong(nanoTime.getAsLong());
        }

        void more(Supplier<String> text) {
            long number = count.incrementAndGet();
            long now = nanoTime.getAsLong();
            long until = quietUntil.get();
            if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
                warn.accept(text.get() + ". [" + number + "] were so far; this is said once a minute");
            }
        }
    }
}
