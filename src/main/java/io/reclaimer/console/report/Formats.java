package io.reclaimer.console.report;

import java.time.Duration;
import java.util.Locale;

/** The formats of times, numbers and texts in reports. Independent of the locale. */
public final class Formats {

    private static final long MEGABYTE = 1 << 20;

    private Formats() {}

    /** Formats a time on the scenario's clock, as {@code 0:07.250} or {@code 1:02:07.250}. */
    static String clock(Duration at) {
        String minutes = format(
                at.toHours() > 0 ? "%02d:%02d.%03d" : "%d:%02d.%03d",
                at.toMinutesPart(),
                at.toSecondsPart(),
                at.toMillisPart());
        return at.toHours() > 0 ? at.toHours() + ":" + minutes : minutes;
    }

    /** Formats a length of time, as {@code 1h 2m 3.5s}, or {@code 250ms} below a second. */
    public static String span(Duration time) {
        if (time.isZero()) {
            return "0s";
        }
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            return decimal(time.toNanos() / 1e6) + "ms";
        }
        double seconds = time.toSecondsPart() + time.toMillisPart() / 1e3;
        String all = (time.toHours() > 0 ? time.toHours() + "h " : "")
                + (time.toMinutesPart() > 0 ? time.toMinutesPart() + "m " : "")
                + (seconds > 0 ? decimal(seconds) + "s" : "");
        return all.trim();
    }

    /** Formats as {@link String#format} does, independently of the locale. */
    public static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** Formats a constant in lower case, with blanks between words. */
    public static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Formats a share of 1 with one decimal, as {@code 33.3 %}. */
    public static String percent(double share) {
        return format("%.1f %%", 100 * share);
    }

    static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    /** Formats a number with separators of thousands, and with two decimals unless it is whole. */
    public static String number(double value) {
        return format(value == Math.rint(value) ? "%,.0f" : "%,.2f", value);
    }

    private static String decimal(double value) {
        return format("%.3f", value).replaceAll("\\.?0+$", "");
    }

    /** Formats a count, as {@code 1 scenario} or {@code 3 scenarios}. */
    public static String count(long count, String singular) {
        return number(count) + " " + singular + (count == 1 ? "" : "s");
    }

    public static long megabytes(long bytes) {
        return Math.round((double) bytes / MEGABYTE);
    }

    /** Cuts a text to a length. The last character is an ellipsis if something was cut. */
    static String shortened(String text, int maxLength) {
        return text.length() <= maxLength ? text : text.substring(0, maxLength - 1) + "…";
    }

    /** Pads a text on the left, so that it is aligned to the right. */
    static String alignRight(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    /** Pads a text on the right, so that it is aligned to the left. */
    static String alignLeft(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
