package io.reclaimer.engine;

import io.reclaimer.shrinker.Shortfall;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** A walk over a cgroup's set bits, ascending. */
final class CgroupWalk extends Walk {

    private static final UnitMap NOTHING = new UnitMap(0);

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
    long resumeAt() {
        return isAtTheEnd() ? 0 : next;
    }

    @Override
    @Nullable
    ShrinkerEntry nextHeld() {
        for (int id = nextId(); id >= 0; id = nextId()) {
            ShrinkerEntry entry = published.table().byId(id);
            if (entry == null || entry.isFreeing() || !units.isSet(entry)) {
                // Nobody's, or a previous owner's. The owner of now, if there is one, sets its bit by a message of its
                // own, which this actor has yet to see.
                units.clearBit(id);
            } else if (!isAccounted(entry)) {
                work().fallsShort(Shortfall.NOT_ACCOUNTED);
            } else if (isWantedOrCounted(entry) && tryHold(entry)) {
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

    @Override
    boolean clearedBit(ShrinkerEntry entry) {
        units.clearBit(entry);
        // Before the count that follows: see CgroupHandle.setBit.
        VarHandle.fullFence();
        return true;
    }

    @Override
    void setBitAgain(ShrinkerEntry entry) {
        units.setBit(entry);
    }
}
