package io.reclaimer.scenario.model;

import java.time.Duration;
import java.util.Locale;

/** Formats numbers and times for people. */
public final class Formats {

    private Formats() {}

    /** A number with thousands separators: whole, with two decimals, or with four below 1. */
    public static String number(double value) {
        if (value != 0 && Math.abs(value) < 1) {
            return String.format(Locale.ROOT, "%.4f", value);
        }
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.2f", value);
    }

    /** A time as {@code 1h 2m 3.500s}. */
    public static String time(Duration time) {
        double seconds = time.toSecondsPart() + time.toNanosPart() / 1e9;
        String all = (time.toHours() > 0 ? time.toHours() + "h " : "")
                + (time.toMinutesPart() > 0 ? time.toMinutesPart() + "m " : "")
                + (seconds == 0
                        ? ""
                        : String.format(Locale.ROOT, seconds == Math.rint(seconds) ? "%.0fs" : "%.3fs", seconds));
        return all.isEmpty() ? "0s" : all.trim();
    }
}
