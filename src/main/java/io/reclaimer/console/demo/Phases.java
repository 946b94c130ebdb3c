package io.reclaimer.console.demo;

import java.time.Duration;

/** The phases of the load: in each phase another tenant surges, and the next one is quiet. */
public final class Phases {

    static final Duration LENGTH = Duration.ofSeconds(10);

    private static final double SURGE = 3;
    private static final double QUIET = 0.1;

    private Phases() {}

    public static Tenant surging(Duration elapsed) {
        Tenant[] tenants = Tenant.values();
        return tenants[(int) (elapsed.dividedBy(LENGTH) % tenants.length)];
    }

    static Tenant quiet(Duration elapsed) {
        Tenant[] tenants = Tenant.values();
        return tenants[(surging(elapsed).ordinal() + 1) % tenants.length];
    }

    /** Returns the factor on a tenant's usual request rate. */
    static double factor(Tenant tenant, Duration elapsed) {
        if (tenant == surging(elapsed)) {
            return SURGE;
        }
        return tenant == quiet(elapsed) ? QUIET : 1;
    }
}
