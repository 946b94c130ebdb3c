package io.reclaimer;

import io.reclaimer.engine.CgroupHandle;
import io.reclaimer.shrinker.CgroupPath;

/**
 * A cgroup from online to offline. Brought online again under the same path it is another one. Any thread.
 */
public final class Cgroup {

    private final CgroupHandle handle;

    Cgroup(CgroupHandle handle) {
        this.handle = handle;
    }

    /** Its place in the tree. */
    public CgroupPath path() {
        return handle.path();
    }

    /** False from the moment its objects begin to move to its parent. */
    public boolean isOnline() {
        return handle.isOnline();
    }

    /** This, if it is online, or its nearest ancestor that is: where an object belongs that is added now. */
    public Cgroup nearestOnline() {
        CgroupHandle nearest = handle;
        for (CgroupHandle above = nearest.parent(); !nearest.isOnline() && above != null; above = nearest.parent()) {
            nearest = above;
        }
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
