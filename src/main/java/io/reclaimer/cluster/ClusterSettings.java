package io.reclaimer.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.function.Function;

/**
 * The validated section {@code reclaimer.cluster} of the configuration. {@code reference.conf} documents each key.
 *
 * @param giveBytes the limit of the {@link GiveLimit}
 */
record ClusterSettings(int maxRounds, int maxParts, long giveBytes, Duration resendAfter, Table table) {

    /** The settings of the shared table. */
    record Table(boolean isEnabled, Duration interval, Duration refresh, double step, int cgroups) {}

    private static final Duration MIN_DURATION = Duration.ofMillis(1);
    private static final Duration MAX_DURATION = Duration.ofDays(1);
    private static final int MAX_ROUNDS = 1024;
    private static final int MAX_PARTS = 1024;

    /**
     * Reads and checks the section.
     *
     * @throws IllegalArgumentException names the key, the value and what is allowed
     */
    static ClusterSettings of(Config config) {
        Config section = config.getConfig("reclaimer.cluster");
        Duration interval = duration(section, "table.interval", MIN_DURATION);
        return new ClusterSettings(
                number(section, "max-rounds", 1, MAX_ROUNDS),
                number(section, "max-parts", 1, MAX_PARTS),
                give(section),
                duration(section, "resend-after", MIN_DURATION),
                new Table(
                        read(section, "table.enabled", "on or off", section::getBoolean),
                        interval,
                        duration(section, "table.refresh", interval),
                        step(section),
                        number(section, "table.cgroups", 0, ClusterMessage.MAX_CGROUPS)));
    }

    /** Bytes per minute, {@link GiveLimit#UNLIMITED} or {@link GiveLimit#NOTHING}. */
    private static long give(Config section) {
        String allowed = "on, off, or a size from 1 byte up, as in 64 MiB, that is freed for others in a minute";
        String word = read(section, "give", allowed, section::getString);
        if (word.equals("on") || word.equals("off")) {
            return word.equals("on") ? GiveLimit.UNLIMITED : GiveLimit.NOTHING;
        }
        long bytes = read(section, "give", allowed, section::getBytes);
        if (bytes < 1) {
            throw invalid("give", word, allowed);
        }
        return bytes;
    }

    private static double step(Config section) {
        String allowed = "a share above 0, up to 1";
        double step = read(section, "table.step", allowed, section::getDouble);
        if (!(step > 0 && step <= 1)) {
            throw invalid("table.step", step, allowed);
        }
        return step;
    }

    private static int number(Config section, String key, int min, int max) {
        String allowed = "a number, " + min + " to " + max;
        int value = read(section, key, allowed, section::getInt);
        if (value < min || value > max) {
            throw invalid(key, value, allowed);
        }
        return value;
    }

    private static Duration duration(Config section, String key, Duration min) {
        String allowed = "a duration, " + min.toMillis() + "ms to " + MAX_DURATION.toHours() + "h";
        Duration value = read(section, key, allowed, section::getDuration);
        if (value.compareTo(min) < 0 || value.compareTo(MAX_DURATION) > 0) {
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
