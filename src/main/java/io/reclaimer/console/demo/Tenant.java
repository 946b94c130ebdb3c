package io.reclaimer.console.demo;

import io.reclaimer.shrinker.CgroupPath;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The tenants that share the heap. */
public enum Tenant {
    WEB("/shop/web"),
    ORM("/shop/orm"),
    BATCH("/batch");

    private final CgroupPath path;

    Tenant(String path) {
        this.path = CgroupPath.of(path);
    }

    public CgroupPath path() {
        return path;
    }

    /** Returns the last segment of the path. */
    public String shortName() {
        String written = path.toString();
        return written.substring(written.lastIndexOf('/') + 1);
    }

    /**
     * Finds a tenant by its path or its short name.
     *
     * @throws IllegalArgumentException lists all tenants
     */
    public static Tenant of(String name) {
        return Arrays.stream(values())
                .filter(tenant -> tenant.path.toString().equals(name)
                        || tenant.shortName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no tenant [" + name + "]; there are "
                        + Arrays.stream(values())
                                .map(tenant -> tenant.path + " (or " + tenant.shortName() + ")")
                                .collect(Collectors.joining(", "))));
    }
}
