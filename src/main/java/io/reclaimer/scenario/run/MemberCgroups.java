package io.reclaimer.scenario.run;

import io.reclaimer.Cgroup;
import io.reclaimer.shrinker.CgroupPath;
import java.util.HashMap;
import java.util.Map;

/** The cgroups of one member, by path and by the names that steps gave. Confined to the thread of the run. */
final class MemberCgroups {

    /** The latest handle of each path that was ever online. */
    private final Map<CgroupPath, Cgroup> handles = new HashMap<>();

    private final Map<String, CgroupPath> paths = new HashMap<>();
    private final Map<CgroupPath, String> names = new HashMap<>();

    MemberCgroups() {
        setName("root", CgroupPath.root());
    }

    void add(CgroupPath path, Cgroup handle) {
        handles.put(path, handle);
    }

    void setName(String name, CgroupPath path) {
        paths.put(name, path);
        names.put(path, name);
    }

    /** The path of a cgroup as the scenario writes it. */
    CgroupPath path(String cgroup) {
        if (cgroup.startsWith("/")) {
            return CgroupPath.of(cgroup);
        }
        CgroupPath path = paths.get(cgroup);
        if (path == null) {
            throw new IllegalArgumentException("no step has called a cgroup [" + cgroup + "]");
        }
        return path;
    }

    /** The name that a step gave; the path without one. */
    String name(CgroupPath path) {
        return names.getOrDefault(path, path.toString());
    }

    Cgroup handle(CgroupPath path) {
        Cgroup handle = handles.get(path);
        if (handle == null) {
            throw new IllegalArgumentException("cgroup [" + path + "] was never online");
        }
        return handle;
    }
}
