package io.reclaimer.testkit;

import io.reclaimer.ShrinkerHandle;
import java.util.List;

/** Bits on node 0, set before a round begins. */
public final class Bits {

    private Bits() {}

    /** Brings a cgroup online, sets the bit of a shrinker there, and waits until rounds find it. Returns the shrinker. */
    public static ShrinkerHandle setIn(BlockingReclaimer kit, String cgroup, ShrinkerHandle shrinker) {
        return setIn(kit, List.of(cgroup), shrinker);
    }

    /** Does the same in several cgroups, of which each comes after its parent. */
    public static ShrinkerHandle setIn(BlockingReclaimer kit, List<String> cgroups, ShrinkerHandle shrinker) {
        cgroups.forEach(cgroup -> shrinker.setBit(kit.online(cgroup), 0));
        kit.settle();
        return shrinker;
    }
}
