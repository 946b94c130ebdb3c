package io.reclaimer.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Where the axes of charts have their marks: at round values. */
final class Ticks {

    private static final long[] ROUND_MILLIS = {
        1,
        2,
        5,
        10,
        20,
        50,
        100,
        200,
        500,
        1_000,
        2_000,
        5_000,
        10_000,
        15_000,
        30_000,
        60_000,
        120_000,
        300_000,
        600_000,
        900_000,
        1_800_000,
        3_600_000,
        7_200_000,
        14_400_000,
        21_600_000,
        43_200_000
    };

    private static final long DAY_MILLIS = 86_400_000;

    private Ticks() {}

    /** From 0, alone where that is the end already, to at most {@code end}; no more than {@code most} and that one. */
    static List<Duration> times(Duration end, int most) {
        long endMillis = end.toMillis();
        if (endMillis == 0) {
            return List.of(Duration.ZERO);
        }
        long step = timeStep(endMillis, most);
        List<Duration> ticks = new ArrayList<>();
        for (long at = 0; at <= endMillis; at += step) {
            ticks.add(Duration.ofMillis(at));
        }
        return ticks;
    }

    private static long timeStep(long endMillis, int most) {
        for (long step : ROUND_MILLIS) {
            if (endMillis / step <= most) {
                return step;
            }
        }
        return DAY_MILLIS * Math.max(1, (endMillis / DAY_MILLIS + most - 1) / most);
    }

    /** From 0 to the first at or above {@code largest}, four to ten steps of 1, 2 or 5 times a power of ten. */
    static List<Double> values(double largest) {
        double top = largest > 0 ? largest : 1;
        double power = Math.pow(10, Math.floor(Math.log10(top)));
        double step = power / 5;
        for (double factor : new double[] {2.5, 5}) {
            if (top / step > 6) {
                step = power * factor / 5;
            }
        }
        List<Double> ticks = new ArrayList<>();
        for (int i = 0; i == 0 || ticks.get(i - 1) < top; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }
}
