package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.unit.UnitMap;
import io.reclaimer.shrinker.Shortfall;
import org.jspecify.annotations.Nullable;

/** An iteration over the set bits of a cgroup on a node, in rising order. Its places are ids. */
final class BitmapIteration extends ShrinkerIteration {

    private static final UnitMap NOTHING = new UnitMap();

    private UnitMap units = NOTHING;
    private int next;
    private long end;

    BitmapIteration(EngineContext engine) {
        super(engine);
    }

    @Override
    void begin(CgroupPerNode perNode, long begin, long before) {
        units = perNode.units();
        next = Math.toIntExact(begin);
        end = before;
    }

    @Override
    boolean isAtTheEnd() {
        for (int id = units.nextSetBit(next); id >= 0; id = units.nextSetBit(id + 1)) {
            ShrinkerEntry entry = engine.table().byId(id);
            if (entry != null
                    && units.isSet(id, entry.serial())
                    && entry.isRegistered()
                    && isAccounted(entry)
                    && isWanted(entry)) {
                return false;
            }
        }
        return true;
    }

    @Override
    long position() {
        return next;
    }

    @Override
    @Nullable
    ShrinkerEntry next(PassThread thread) {
        for (int id = nextId(); id >= 0; id = nextId()) {
            // The owner of the bit first, then the table: a shrinker is in the table before it sets a bit.
            long owner = units.owner(id);
            ShrinkerEntry entry = engine.table().byId(id);
            if (entry == null || entry.isFreeing() || entry.serial() != owner) {
                // The bit has no owner, or a previous one. The bit of an owner that sets it now stays.
                units.clearBit(id, owner);
            } else if (!isAccounted(entry)) {
                request().work.countShortfall(Shortfall.NOT_ACCOUNTED);
            } else if (isWantedOrCounted(entry) && tryHold(entry, thread)) {
                return entry;
            }
            // The bit of a shrinker that is not yet registered, not accounted, not wanted, or in quarantine is kept.
        }
        return null;
    }

    private boolean isAccounted(ShrinkerEntry entry) {
        return engine.settings().cgroups().objectAccounting() || entry.isNonSlab();
    }

    /** The next id whose bit is set; -1 at the end. */
    private int nextId() {
        int id = units.nextSetBit(next);
        if (id < 0 || id >= end) {
            return -1;
        }
        next = id + 1;
        return id;
    }
}
