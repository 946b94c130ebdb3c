package io.reclaimer.console.report;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Round times for the ticks of a time axis. */
final class TimeTicks {

    /** The distances below a day, in milliseconds. */
    private static final String STEPS = "1 2 5 10 20 50 100 200 500 1000 2000 5000 10000 15000 30000"
            + " 60000 120000 300000 600000 900000 1800000 3600000 7200000 14400000 21600000 43200000";

    private static final long DAY = 86_400_000;

    private TimeTicks() {}

    /** Returns ticks from 0 to at most {@code end}: one at 0, and at most {@code max} more. */
    static List<Duration> until(Duration end, int max) {
        long step = step(end.toMillis(), max);
        return LongStream.rangeClosed(0, end.toMillis() / step)
                .mapToObj(i -> Duration.ofMillis(i * step))
                .toList();
    }

    private static long step(long endMillis, int max) {
        return Stream.of(STEPS.split(" "))
                .map(Long::parseLong)
                .filter(step -> endMillis / step <= max)
                .findFirst()
                .orElseGet(() -> DAY * Math.max(1, (endMillis / DAY + max - 1) / max));
    }
}
