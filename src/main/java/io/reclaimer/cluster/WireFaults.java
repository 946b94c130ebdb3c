package io.reclaimer.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what could not be read of other members' messages, and warns of it once a minute. Any thread. */
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

    private final LongSupplier nanoTime;
    private final Consumer<String> warn;
    private final AtomicLong count = new AtomicLong();

    /** Until when nothing is said. */
    private final AtomicLong quietUntil;

    WireFaults(LongSupplier nanoTime, Consumer<String> warn) {
        this.nanoTime = nanoTime;
        this.warn = warn;
        this.quietUntil = new AtomicLong(nanoTime.getAsLong());
    }

    static WireFaults get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** One more. */
    void fault(String manifest, String why) {
        long number = count.incrementAndGet();
        long now = nanoTime.getAsLong();
        long until = quietUntil.get();
        if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
            String kind = manifest.length() <= LONGEST_KIND ? manifest : manifest.substring(0, LONGEST_KIND);
            warn.accept("A message of another member of kind [" + kind + "] is dropped: " + why + ". [" + number
                    + "] were so far; this is said once a minute");
        }
    }

    /** How many so far. */
    long count() {
        return count.get();
    }
}
