package io.reclaimer.console.demo;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counters of a tenant's cache look-ups and hits. Thread-safe. */
public final class Hits {

    private final AtomicLong hits = new AtomicLong();
    private final AtomicLong lookups = new AtomicLong();

    /** Adds the result of a burst of look-ups. */
    public void add(long moreHits, long moreLookups) {
        lookups.addAndGet(moreLookups);
        hits.addAndGet(moreHits);
    }

    /** Returns the difference of two readings, by tenant. */
    public static Map<Tenant, Rate> since(Map<Tenant, Rate> now, Map<Tenant, Rate> earlier) {
        Map<Tenant, Rate> rates = new EnumMap<>(Tenant.class);
        now.forEach((tenant, rate) -> rates.put(tenant, rate.since(earlier.getOrDefault(tenant, Rate.NONE))));
        return rates;
    }

    /**
     * Returns the sums since the start. A reader may miss the hits of a burst whose look-ups it sees, never the
     * reverse.
     */
    public Rate now() {
        return new Rate(hits.get(), lookups.get());
    }

    /** Sums of hits and look-ups over some time. */
    public record Rate(long hits, long lookups) {

        public static final Rate NONE = new Rate(0, 0);

        Rate since(Rate earlier) {
            return new Rate(hits - earlier.hits, lookups - earlier.lookups);
        }

        /** Returns the hit ratio, from 0 to 1; 0 without look-ups. */
        public double share() {
            return lookups == 0 ? 0 : Math.min(1, (double) hits / lookups);
        }
    }
}
