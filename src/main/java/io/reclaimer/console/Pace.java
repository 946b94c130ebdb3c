package io.reclaimer.console;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.function.BiFunction;

/**
 * How many requests a node's tenants make.
 *
 * @param share of the usual rate, above 0 and up to 10
 * @param surges whether they surge in turn; otherwise all are steady
 */
record Pace(double share, boolean surges) {

    static final Pace USUAL = new Pace(1, true);

    private static final String LOAD = "node.load";
    private static final String SURGES = "node.surges";
    private static final double MOST = 10;

    /**
     * The section {@code node} of the configuration.
     *
     * @throws IllegalArgumentException names the key, the value and what is allowed
     */
    static Pace of(Config config) {
        double share =
                read(config, LOAD, "a share of the usual load, a number above 0 and up to 10", Config::getDouble);
        if (!(share > 0 && share <= MOST)) {
            throw invalid(LOAD, share, "a share of the usual load above 0 and up to 10");
        }
        return new Pace(share, read(config, SURGES, "on or off", Config::getBoolean));
    }

    private static <T> T read(Config config, String key, String allowed, BiFunction<Config, String, T> reading) {
        try {
            return reading.apply(config, key);
        } catch (ConfigException.WrongType e) {
            throw invalid(key, config.getValue(key).unwrapped(), allowed);
        }
    }

    private static IllegalArgumentException invalid(String key, Object value, String allowed) {
        return new IllegalArgumentException(key + " is [" + value + "] but has to be " + allowed);
    }

    /** What a tenant's usual rate of requests is multiplied with. */
    double factor(Tenant tenant, Duration elapsed) {
        return share * (surges ? Phases.factor(tenant, elapsed) : 1);
    }
}
