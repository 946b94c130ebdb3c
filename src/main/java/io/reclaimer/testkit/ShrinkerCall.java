package io.reclaimer.testkit;

import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;

/** One call of a shrinker, recorded by a {@link CallLog}. Thread-safe. */
public final class ShrinkerCall {

    /** The method that was called. */
    public enum Kind {
        COUNT,
        SCAN,
        REPARENT
    }

    private final Duration at;
    private final Kind kind;
    private final String shrinker;
    private final CgroupPath cgroup;
    private final int node;
    private final long nrToScan;
    private volatile OptionalLong result = OptionalLong.empty();

    ShrinkerCall(Duration at, Kind kind, String shrinker, CgroupPath cgroup, int node, long nrToScan) {
        this.at = at;
        this.kind = kind;
        this.shrinker = shrinker;
        this.cgroup = cgroup;
        this.node = node;
        this.nrToScan = nrToScan;
    }

    void end(long newResult) {
        result = OptionalLong.of(newResult);
    }

    /** When the call began. */
    public Duration at() {
        return at;
    }

    public Kind kind() {
        return kind;
    }

    /** The name of the shrinker. */
    public String shrinker() {
        return shrinker;
    }

    /** The cgroup of the call; for a reparent, the one that goes offline. */
    public CgroupPath cgroup() {
        return cgroup;
    }

    public int node() {
        return node;
    }

    /** The objects that a scan was asked for; 0 for other calls. */
    public long nrToScan() {
        return nrToScan;
    }

    /** The number that the call returned; empty while it is under way, and where it failed. */
    public OptionalLong result() {
        return result;
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " of " + shrinker + " for " + cgroup + " on node " + node;
    }
}
