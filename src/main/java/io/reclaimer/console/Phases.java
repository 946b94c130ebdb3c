package io.reclaimer.console;

import java.time.Duration;

/** Who surges and who is quiet: in turn, a phase each. */
final class Phases {

    static final Duration LENGTH = Duration.ofSeconds(10);

    private static final double SURGE = 3;
    private static final double QUIET = 0.1;

    private Phases() {}

    static Tenant surging(Duration elapsed) {
        Tenant[] tenants = Tenant.values();
        return tenants[(int) (elapsed.dividedBy(LENGTH) % tenants.length)];
    }

    static Tenant quiet(Duration elapsed) {
        Tenant[] tenants = Tenant.values();
        return tenants[(surging(elapsed).ordinal() + 1) % tenants.length];
    }

    /** What a tenant's usual rate of requests is multiplied with. */
    static double factor(Tenant tenant, Duration elapsed) {
        if (tenant == surging(elapsed)) {
            return SURGE;
        }
        return tenant == quiet(elapsed) ? QUIET : 1;
    }
}
