package io.reclaimer.engine;

import org.jspecify.annotations.Nullable;

/** A walk over a cgroup's set bits, ascending from where it is told to begin, and round to there. */
final class CgroupWalk extends Walk {

    private final UnitMap units;
    private final Published published;
    private final int begin;
    private int next;
    private boolean wrapped;

    CgroupWalk(Pair pair, Published published, PassControl control, RoundWork work, int priority, int begin) {
        super(pair, published, control, work, priority);
        this.units = pair.units();
        this.published = published;
        this.begin = begin;
        this.next = begin;
    }

    @Override
    boolean cameToTheEnd() {
        return wrapped || !isAnyoneFrom(next);
    }

    /** An id. */
    @Override
    long resumeAt() {
        return wrapped || isAnyoneFrom(next) ? next : 0;
    }

    private boolean isAnyoneFrom(int first) {
        for (int id = units.nextSetBit(first); id >= 0; id = units.nextSetBit(id + 1)) {
            ShrinkerEntry entry = published.table().byId(id);
            if (entry != null && units.isSet(entry) && entry.isRegistered() && isWanted(entry)) {
                return true;
            }
        }
        return false;
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
            } else if (isWanted(entry) && entry.holds().tryHold()) {
                return entry;
            }
            // Otherwise the bit is kept: for one not yet registered, not accounted, or in quarantine.
        }
        return null;
    }

    private boolean isWanted(ShrinkerEntry entry) {
        return (published.settings().objectAccounting() || entry.spec().nonSlab())
                && !entry.faults().isQuarantined();
    }

    /** The next id whose bit is set, or -1 when the walk is round. */
    private int nextId() {
        int id = units.nextSetBit(next);
        if (id < 0 && !wrapped) {
            wrapped = true;
            id = units.nextSetBit(0);
        }
        if (id < 0 || (wrapped && id >= begin)) {
            return -1;
        }
        next = id + 1;
        return id;
    }

    @Override
    boolean clearedBit(ShrinkerEntry entry) {
        units.clearBit(entry);
        return true;
    }

    @Override
    void setBitAgain(ShrinkerEntry entry) {
        units.setBit(entry);
    }
}
