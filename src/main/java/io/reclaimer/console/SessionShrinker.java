package io.reclaimer.console;

import io.reclaimer.Cgroup;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One shrinker for the sessions of all tenants, kept by cgroup: it drops those not used for the longest time. It says
 * {@link #EMPTY} where there are none, as a store sets its cgroup's bit with the first that comes in. Thread-safe.
 */
final class SessionShrinker implements Shrinker {

    /** What a session takes besides its value: a boxed id, an entry with its links, its place in the table. */
    private static final long OVERHEAD_BYTES = 100;

    static final ShrinkerSpec SPEC =
            ShrinkerSpec.named("sessions").byCgroup().objectBytes(Values.MEAN_BYTES + OVERHEAD_BYTES);

    private final Map<CgroupPath, SessionStore> stores = new ConcurrentHashMap<>();

    /** With a store for the root, which has no bit. */
    SessionShrinker() {
        stores.put(CgroupPath.root(), new SessionStore(() -> {}));
    }

    /**
     * A new store for a cgroup that is online.
     *
     * @param handle of this, registered
     */
    SessionStore open(Cgroup cgroup, ShrinkerHandle handle) {
        SessionStore store = new SessionStore(() -> handle.setBit(cgroup, 0));
        stores.put(cgroup.path(), store);
        return store;
    }

    @Override
    public long count(ShrinkControl control) {
        SessionStore store = store(control);
        int size = store == null ? 0 : store.size();
        return size == 0 ? EMPTY : size;
    }

    @Override
    public long scan(ShrinkControl control) {
        SessionStore store = store(control);
        return store == null ? 0 : store.dropOldest(control.nrToScan());
    }

    /** A cgroup whose child has a store has one itself. */
    @Override
    public long reparent(CgroupPath offline, CgroupPath parent, int node) {
        SessionStore store = stores.remove(offline);
        SessionStore above = stores.get(parent);
        if (store == null || above == null) {
            return 0;
        }
        return store.moveTo(above);
    }

    private @Nullable SessionStore store(ShrinkControl control) {
        return stores.get(control.cgroup());
    }
}
