package io.reclaimer.engine.unit;

import io.reclaimer.shrinker.Shortfall;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** The visits of one round that were not made, or ended early, by cause. Thread-safe. */
public final class Shortfalls {

    private final LongAdder[] counts =
            Stream.generate(LongAdder::new).limit(Shortfall.values().length).toArray(LongAdder[]::new);

    public void add(Shortfall why, int visits) {
        counts[why.ordinal()].add(visits);
    }

    public long count(Shortfall why) {
        return counts[why.ordinal()].sum();
    }

    /** All counts that are not 0. */
    public Map<Shortfall, Long> counts() {
        Map<Shortfall, Long> all = new EnumMap<>(Shortfall.class);
        for (Shortfall why : Shortfall.values()) {
            long count = count(why);
            if (count > 0) {
                all.put(why, count);
            }
        }
        return Collections.unmodifiableMap(all);
    }
}
