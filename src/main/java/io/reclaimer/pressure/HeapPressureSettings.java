package io.reclaimer.pressure;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.DoublePredicate;

/**
 * The settings of {@link HeapPressure}, at {@code reclaimer.pressure.heap} of the configuration, which explains each.
 * Immutable.
 *
 * @param rounds whether rounds are started; otherwise the heap is only watched
 * @param watermarks the shares of the heap that should be free
 * @param floor the share, of the most that caches were found to hold since the pressure began, that only direct and
 *     lossless rounds free
 * @param sampleInterval the time between samples of the heap while no collection ends
 * @param retryMin the first wait after an ineffective round
 * @param retryMax the longest such wait
 * @param backgroundDeadline the deadline of a background round
 * @param directDeadline the deadline of a direct round
 */
public record HeapPressureSettings(
        boolean rounds,
        Watermarks watermarks,
        double floor,
        Duration sampleInterval,
        Duration retryMin,
        Duration retryMax,
        Duration backgroundDeadline,
        Duration directDeadline) {

    private static final String PATH = "reclaimer.pressure.heap";
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    public HeapPressureSettings {
        Objects.requireNonNull(watermarks, "watermarks");
        Objects.requireNonNull(sampleInterval, "sampleInterval");
        Objects.requireNonNull(retryMin, "retryMin");
        Objects.requireNonNull(retryMax, "retryMax");
        Objects.requireNonNull(backgroundDeadline, "backgroundDeadline");
        Objects.requireNonNull(directDeadline, "directDeadline");
    }

    /**
     * Reads and checks the settings.
     *
     * @param config the configuration of the actor system
     * @throws IllegalArgumentException if a setting is missing or invalid; the message names the path, the value and
     *     the allowed values
     */
    public static HeapPressureSettings of(Config config) {
        Objects.requireNonNull(config, "config");
        return new HeapPressureSettings(
                read(config, "rounds", "on or off", Config::getBoolean),
                watermarks(config),
                share(config, "floor", "a share from 0 to below 1", share -> share >= 0 && share < 1),
                duration(config, "sample-interval", SHORTEST),
                duration(config, "retry-min", SHORTEST),
                duration(config, "retry-max", duration(config, "retry-min", SHORTEST)),
                duration(config, "background-deadline", SHORTEST),
                duration(config, "direct-deadline", SHORTEST));
    }

    private static Watermarks watermarks(Config config) {
        double min = watermark(config, "watermarks.min");
        double low = watermark(config, "watermarks.low");
        double high = watermark(config, "watermarks.high");
        if (min >= low || low >= high) {
            throw new IllegalArgumentException(PATH + ".watermarks are min [" + min + "], low [" + low + "], high ["
                    + high + "] but have to rise: min < low < high");
        }
        return new Watermarks(min, low, high);
    }

    private static double watermark(Config config, String key) {
        return share(config, key, "a share above 0 and below 1", share -> share > 0 && share < 1);
    }

    private static double share(Config config, String key, String allowed, DoublePredicate isAllowed) {
        double share = read(config, key, allowed, Config::getDouble);
        if (!isAllowed.test(share)) {
            throw invalid(key, String.valueOf(share), allowed);
        }
        return share;
    }

    private static Duration duration(Config config, String key, Duration atLeast) {
        String allowed = "a duration from " + atLeast.toMillis() + " ms to " + LONGEST.toHours() + " h";
        Duration duration = read(config, key, allowed, Config::getDuration);
        if (duration.compareTo(atLeast) < 0 || duration.compareTo(LONGEST) > 0) {
            throw invalid(key, String.valueOf(config.getValue(PATH + "." + key).unwrapped()), allowed);
        }
        return duration;
    }

    private static <T> T read(Config config, String key, String allowed, BiFunction<Config, String, T> getter) {
        String path = PATH + "." + key;
        try {
            return getter.apply(config, path);
        } catch (ConfigException.Missing e) {
            throw new IllegalArgumentException(path + " is missing but has to be " + allowed, e);
        } catch (ConfigException e) {
            throw invalid(key, shown(config, path, e), allowed);
        }
    }

    /**
     * Returns the value for an error message. If a parent of the path is not a section, it is the message of
     * {@code wrong}.
     */
    private static String shown(Config config, String path, ConfigException wrong) {
        try {
            return String.valueOf(config.getValue(path).unwrapped());
        } catch (ConfigException e) {
            return String.valueOf(wrong.getMessage());
        }
    }

    private static IllegalArgumentException invalid(String key, String value, String allowed) {
        return new IllegalArgumentException(PATH + "." + key + " is [" + value + "] but has to be " + allowed);
    }
}
