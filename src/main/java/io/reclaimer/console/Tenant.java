package io.reclaimer.console;

import io.reclaimer.shrinker.CgroupPath;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Who shares the heap. */
enum Tenant {
    WEB("/shop/web"),
    ORM("/shop/orm"),
    BATCH("/batch");

    private final CgroupPath path;

    Tenant(String path) {
        this.path = CgroupPath.of(path);
    }

    CgroupPath path() {
        return path;
    }

    /** The last segment of the path. */
    String shortName() {
        String written = path.toString();
        return written.substring(written.lastIndexOf('/') + 1);
    }

    /**
     * By path or by the last segment of it.
     *
     * @throws IllegalArgumentException names those there are
     */
    static Tenant of(String name) {
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
