package io.reclaimer.console;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as they are written on a command line: {@code 500ms}, {@code 20s}, {@code 10m}, {@code 1h}. */
final class Durations {

    static final Duration LONGEST = Duration.ofHours(10_000);

    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");

    private Durations() {}

    /** @throws IllegalArgumentException says what is allowed */
    static Duration parse(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            throw invalid(text);
        }
        long number = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> throw new IllegalStateException(text);
        };
        if (duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw invalid(text);
        }
        return duration;
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException("[" + text + "] is not allowed; allowed is 1ms to " + LONGEST.toHours()
                + "h, a whole number with ms, s, m or h, as in 20s");
    }
}
