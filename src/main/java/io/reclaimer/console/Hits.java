package io.reclaimer.console;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** How a tenant's look-ups went. Any thread. */
final class Hits {

    private final AtomicLong hits = new AtomicLong();
    private final AtomicLong lookups = new AtomicLong();

    /** A burst of look-ups is done. */
    void add(long moreHits, long moreLookups) {
        lookups.addAndGet(moreLookups);
        hits.addAndGet(moreHits);
    }

    static Map<Tenant, Rate> since(Map<Tenant, Rate> now, Map<Tenant, Rate> earlier) {
        Map<Tenant, Rate> rates = new EnumMap<>(Tenant.class);
        now.forEach((tenant, rate) -> rates.put(tenant, rate.since(earlier.getOrDefault(tenant, Rate.NONE))));
        return rates;
    }

    Rate now() {
        return new Rate(hits.get(), lookups.get());
    }

    /** Sums at one time; a reader may see the hits of a burst later than its look-ups, never earlier. */
    record Rate(long hits, long lookups) {

        static final Rate NONE = new Rate(0, 0);

        Rate since(Rate earlier) {
            return new Rate(hits - earlier.hits, lookups - earlier.lookups);
        }

        /** From 0 to 1; 0 where there was no look-up. */
        double share() {
            return lookups == 0 ? 0 : Math.min(1, (double) hits / lookups);
        }
    }
}
