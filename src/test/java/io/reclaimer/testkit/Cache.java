package io.reclaimer.testkit;

import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.ShrinkerSpec;

/** A registered {@link TableShrinker} that keeps the contract: objects are added first, and the bit is set after. */
public record Cache(TableShrinker table, ShrinkerHandle handle) {

    /** Registers a cache by cgroup and node, whose scans free what they are asked for. */
    public static Cache register(BlockingReclaimer kit, String name) {
        return register(kit, ShrinkerSpec.named(name).byCgroup().byNode());
    }

    public static Cache register(BlockingReclaimer kit, ShrinkerSpec spec) {
        TableShrinker table = new TableShrinker(
                spec.isCgroupAware(), spec.isNumaAware(), TableShrinker.EMPTY, TableShrinker.Scan.FULL, 1);
        return new Cache(table, kit.register(spec, table));
    }

    /** Registers a cache, adds objects to it in a cgroup on node 0, and waits until rounds find them. */
    public static Cache registerIn(BlockingReclaimer kit, String cgroup, ShrinkerSpec spec, long objects) {
        Cache cache = register(kit, spec);
        cache.put(kit.online(cgroup), 0, objects);
        kit.settle();
        return cache;
    }

    /** Adds objects. */
    public void put(Cgroup cgroup, int node, long objects) {
        table.put(cgroup.path(), node, objects);
        handle.setBit(cgroup, node);
    }

    public long objects(Cgroup cgroup, int node) {
        return table.objects(cgroup.path(), node);
    }
}
