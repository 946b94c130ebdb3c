package io.reclaimer.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.function.Function;

/**
 * The section {@code reclaimer.cluster} of the configuration, checked. What each key means stands in
 * {@code reference.conf}.
 *
 * @param giveBytes of {@link GiveBudget}
 */
record ClusterSettings(int maxRounds, int maxParts, long giveBytes, Duration resendAfter, View view) {

    /** Of the shared table. */
    record View(Duration interval, Duration refresh, double step, int cgroups) {}

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int MOST_ROUNDS = 1024;
    private static final int MOST_PARTS = 1024;

    /**
     * Reads and checks them.
     *
     * @throws IllegalArgumentException names the key, the value and what is allowed
     */
    static ClusterSettings of(Config config) {
        Config section = config.getConfig("reclaimer.cluster");
        Duration interval = duration(section, "view.interval", SHORTEST);
        return new ClusterSettings(
                number(section, "max-rounds", 1, MOST_ROUNDS),
                number(section, "max-parts", 1, MOST_PARTS),
                give(section),
                duration(section, "resend-after", SHORTEST),
                new View(
                        interval,
                        duration(section, "view.refresh", interval),
                        step(section),
                        number(section, "view.cgroups", 0, ClusterMessage.MOST_CGROUPS)));
    }

    /** Bytes a minute, {@link GiveBudget#ALL} or {@link GiveBudget#NOTHING}. */
    private static long give(Config section) {
        String allowed = "on, off, or a size from 1 byte up, as in 64 MiB, that is freed for others in a minute";
        String word = read(section, "give", allowed, section::getString);
        if (word.equals("on") || word.equals("off")) {
            return word.equals("on") ? GiveBudget.ALL : GiveBudget.NOTHING;
        }
        long bytes = read(section, "give", allowed, section::getBytes);
        if (bytes < 1) {
            throw invalid("give", word, allowed);
        }
        return bytes;
    }

    private static double step(Config section) {
        String allowed = "a share above 0, up to 1";
        double step = read(section, "view.step", allowed, section::getDouble);
        if (!(step > 0 && step <= 1)) {
            throw invalid("view.step", step, allowed);
        }
        return step;
    }

    private static int number(Config section, String key, int least, int most) {
        String allowed = "a number, " + least + " to " + most;
        int value = read(section, key, allowed, section::getInt);
        if (value < least || value > most) {
            throw invalid(key, value, allowed);
        }
        return value;
    }

    private static Duration duration(Config section, String key, Duration least) {
        String allowed = "a duration, " + least.toMillis() + "ms to " + LONGEST.toHours() + "h";
        Duration value = read(section, key, allowed, section::getDuration);
        if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
            throw invalid(key, section.getString(key), allowed);
        }
        return value;
    }

    private static <T> T read(Config section, String key, String allowed, Function<String, T> reading) {
        try {
            return reading.apply(key);
        } catch (ConfigException.WrongType | ConfigException.BadValue e) {
            throw invalid(key, section.getValue(key).unwrapped(), allowed);
        }
    }

    private static IllegalArgumentException invalid(String key, Object value, String allowed) {
        return new IllegalArgumentException("reclaimer.cluster." + key + " is [" + value + "]; allowed is " + allowed);
    }
}
