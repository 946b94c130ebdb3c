package io.reclaimer.adapter;

import io.reclaimer.Cgroup;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's function from key to cgroup. A key for which it throws or returns null has no owner: its entry is
 * not reclaimed, which is logged at most once per minute. Thread-safe.
 */
final class CaffeineOwnerFunction<K> {

    private static final Logger LOG = LoggerFactory.getLogger(CaffeineOwnerFunction.class);

    private final Function<? super K, Cgroup> cgroups;
    private final LogRateLimit onceAMinute = new LogRateLimit();

    CaffeineOwnerFunction(Function<? super K, Cgroup> cgroups) {
        this.cgroups = cgroups;
    }

    /** Returns the cgroup of a key, or its nearest online ancestor; empty if the key has no owner. */
    Optional<Cgroup> ownerOf(K key) {
        @Nullable Cgroup cgroup = null;
        @Nullable Throwable thrown = null;
        try {
            cgroup = cgroups.apply(key);
        } catch (Exception | AssertionError | LinkageError | StackOverflowError e) {
            thrown = e;
        }
        if (cgroup == null && onceAMinute.isDue()) {
            LOG.warn(
                    "The function from key to cgroup of a shared cache has {} for a key of [{}]. Its entry is not"
                            + " reclaimed until the function answers a cgroup. More of this is not logged for a minute.",
                    thrown == null ? "answered null" : "thrown",
                    key.getClass().getName(),
                    thrown);
        }
        return Optional.ofNullable(cgroup).map(Cgroup::nearestOnline);
    }
}
