package io.reclaimer.console.demo;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;
import java.util.function.BiFunction;

/**
 * The request rate of a node's tenants.
 *
 * @param share of the usual rate, above 0 and up to 10
 * @param surges whether tenants surge in turn; otherwise all rates are constant
 */
public record Pace(double share, boolean surges) {

    public static final Pace USUAL = new Pace(1, true);

    private static final String LOAD = "node.load";
    private static final String SURGES = "node.surges";
    private static final double MAX_SHARE = 10;

    /**
     * Reads the section {@code node} of the configuration.
     *
     * @throws IllegalArgumentException names the key, the value and the allowed values
     */
    public static Pace of(Config config) {
        double share =
                read(config, LOAD, "a share of the usual load, a number above 0 and up to 10", Config::getDouble);
        if (!(share > 0 && share <= MAX_SHARE)) {
            throw invalid(LOAD, share, "a share of the usual load above 0 and up to 10");
        }
        return new Pace(share, read(config, SURGES, "on or off", Config::getBoolean));
    }

    private static <T> T read(Config config, String key, String allowed, BiFunction<Config, String, T> getter) {
        try {
            return getter.apply(config, key);
        } catch (ConfigException.WrongType e) {
            throw invalid(key, config.getValue(key).unwrapped(), allowed);
        }
    }

    private static IllegalArgumentException invalid(String key, Object value, String allowed) {
        return new IllegalArgumentException(key + " is [" + value + "] but has to be " + allowed);
    }

    /** Returns the factor on a tenant's usual request rate. */
    public double factor(Tenant tenant, Duration elapsed) {
        return share * (surges ? Phases.factor(tenant, elapsed) : 1);
    }
}
