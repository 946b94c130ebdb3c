package io.reclaimer;

import io.reclaimer.engine.CgroupHandle;
import io.reclaimer.shrinker.CgroupPath;

/**
 * A cgroup from online to offline. A cgroup that comes online later under the same path is another one. Thread-safe.
 */
public final class Cgroup {

    private final CgroupHandle handle;

    Cgroup(CgroupHandle handle) {
        this.handle = handle;
    }

    /** Returns its place in the tree. */
    public CgroupPath path() {
        return handle.path();
    }

    /** Returns whether it is online: false from the moment its objects begin to move to its parent. */
    public boolean isOnline() {
        return handle.isOnline();
    }

    /**
     * Returns this cgroup if it is online, otherwise its nearest online ancestor: the cgroup that owns an object added
     * now.
     */
    public Cgroup nearestOnline() {
        CgroupHandle nearest = handle.nearestOnline();
        return nearest == handle ? this : new Cgroup(nearest);
    }

    CgroupHandle handle() {
        return handle;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cgroup that && handle == that.handle;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(handle);
    }

    @Override
    public String toString() {
        return "Cgroup[" + handle.path() + (isOnline() ? "]" : " offline]");
    }
}
