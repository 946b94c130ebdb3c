package io.reclaimer.testkit;

import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkerSpec;

/**
 * A registered {@link ModelShrinker} that keeps the contract: objects are added first, the bit is set after.
 *
 * @param model the objects
 * @param handle the shrinker
 */
public record Cache(ModelShrinker model, ShrinkerHandle handle) {

    /** By cgroup and node, freeing what it is asked for. */
    public static Cache register(ReclaimerKit kit, String name) {
        return register(kit, ShrinkerSpec.named(name).byCgroup().byNode());
    }

    public static Cache register(ReclaimerKit kit, ShrinkerSpec spec) {
        ModelShrinker model = new ModelShrinker(
                spec.cgroupAware(), spec.numaAware(), ModelShrinker.EMPTY, ModelShrinker.Scan.FULL, 1);
        return new Cache(model, kit.register(spec, model));
    }

    /** Adds objects. */
    public void put(Cgroup cgroup, int node, long objects) {
        model.put(cgroup.path(), node, objects);
        handle.setBit(cgroup, node);
    }

    public long objects(Cgroup cgroup, int node) {
        return model.objects(cgroup.path(), node);
    }
}
