package io.reclaimer.console;

import java.time.Duration;
import java.util.Locale;

/** How times, numbers and long texts of scenarios are written, everywhere in the same way. */
final class ScenarioWords {

    private ScenarioWords() {}

    /** A time on the scenario's clock, as {@code 0:07.250} or {@code 1:02:07.250}: of one width within the same hour. */
    static String clock(Duration at) {
        String minutes = String.format(
                Locale.ROOT,
                at.toHours() > 0 ? "%02d:%02d.%03d" : "%d:%02d.%03d",
                at.toMinutesPart(),
                at.toSecondsPart(),
                at.toMillisPart());
        return at.toHours() > 0 ? at.toHours() + ":" + minutes : minutes;
    }

    /** How long something takes, as {@code 1h 2m 3.5s}; below a second {@code 250ms}. */
    static String span(Duration time) {
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

    static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    /** With up to two decimals, and thousands apart. */
    static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.2f", value);
    }

    private static String decimal(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceAll("\\.?0+$", "");
    }

    /** As {@code 1 scenario} or {@code 3 scenarios}. */
    static String count(long count, String one) {
        return number(count) + " " + one + (count == 1 ? "" : "s");
    }

    /** Of at most so many characters, the last of which says where there were more. */
    static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
