package io.reclaimer.console;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;

/**
 * How many requests a node's tenants make.
 *
 * @param share of the usual rate, above 0 and up to 10
 * @param surges whether they surge in turn; otherwise all are steady
 */
record Pace(double share, boolean surges) {

    static final Pace USUAL = new Pace(1, true);

    private static final double MOST = 10;

    /**
     * The section {@code node} of the configuration.
     *
     * @throws IllegalArgumentException names the key, the value and what is allowed
     */
    static Pace of(Config config) {
        try {
            double share = config.getDouble("node.load");
            if (!(share > 0 && share <= MOST)) {
                throw new IllegalArgumentException(
                        "node.load is [" + share + "] but has to be a share of the usual load above 0 and up to 10");
            }
            return new Pace(share, config.getBoolean("node.surges"));
        } catch (ConfigException.WrongType e) {
            throw new IllegalArgumentException(
                    "node.load has to be a number, node.surges on or off: " + e.getMessage(), e);
        }
    }

    /** What a tenant's usual rate of requests is multiplied with. */
    double factor(Tenant tenant, Duration elapsed) {
        return share * (surges ? Phases.factor(tenant, elapsed) : 1);
    }
}
