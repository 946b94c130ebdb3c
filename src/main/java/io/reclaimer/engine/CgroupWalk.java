package io.reclaimer.engine;

import io.reclaimer.shrinker.Shortfall;
import org.jspecify.annotations.Nullable;

/** A walk over a cgroup's set bits, ascending. */
final class CgroupWalk extends Walk {

    private static final UnitMap NOTHING = new UnitMap();

    private final Published published;
    private UnitMap units = NOTHING;
    private int next;
    private long end;

    CgroupWalk(Published published) {
        super(published);
        this.published = published;
    }

    /** Over the ids from {@code begin} to below {@code before}. */
    @Override
    void begin(Pair pair, long begin, long before) {
        units = pair.units();
        next = Math.toIntExact(begin);
        end = before;
    }

    @Override
    boolean isAtTheEnd() {
        for (int id = units.nextSetBit(next); id >= 0; id = units.nextSetBit(id + 1)) {
            ShrinkerEntry entry = published.table().byId(id);
            if (entry != null && units.isSet(entry) && entry.isRegistered() && isAccounted(entry) && isWanted(entry)) {
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
    ShrinkerEntry next(CallMark mark) {
        for (int id = nextId(); id >= 0; id = nextId()) {
            // The owner of the bit first, then the table: a shrinker is in the table before it sets a bit.
            long owner = units.owner(id);
            ShrinkerEntry entry = published.table().byId(id);
            if (entry == null || entry.isFreeing() || entry.serial() != owner) {
                // Nobody's, or a previous owner's. The bit of an owner that comes up now stays.
                units.clearBit(id, owner);
            } else if (!isAccounted(entry)) {
                pass().work.fallsShort(Shortfall.NOT_ACCOUNTED);
            } else if (isWantedOrCounted(entry) && tryHold(entry, mark)) {
                return entry;
            }
            // Otherwise the bit is kept: for one not yet registered, not accounted, not wanted, or in quarantine.
        }
        return null;
    }

    private boolean isAccounted(ShrinkerEntry entry) {
        return published.settings().objectAccounting() || entry.isNonSlab();
    }

    /** The next id whose bit is set, or -1 at the end of the walk. */
    private int nextId() {
        int id = units.nextSetBit(next);
        if (id < 0 || id >= end) {
            return -1;
        }
        next = id + 1;
        return id;
    }
}
