package io.reclaimer.engine;

import org.jspecify.annotations.Nullable;

/** A walk over a cgroup's set bits, ascending from where it is told to begin, and round to there. */
final class CgroupWalk extends Walk {

    private final UnitMap units;
    private final Published published;
    private final int begin;
    private int next;
    private boolean wrapped;
    private boolean done;

    CgroupWalk(Pair pair, Published published, PassControl control, RoundWork work, int priority, int begin) {
        super(pair, published, control, work, priority);
        this.units = pair.units();
        this.published = published;
        this.begin = begin;
        this.next = begin;
    }

    @Override
    boolean reachedAll() {
        return done || peek() < 0;
    }

    @Override
    long resumeAt() {
        return reachedAll() ? 0 : next;
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
        done = true;
        return null;
    }

    private boolean isWanted(ShrinkerEntry entry) {
        return (published.settings().objectAccounting() || entry.spec().nonSlab())
                && !entry.faults().isQuarantined();
    }

    /** The next id whose bit is set, or -1 at the end. */
    private int nextId() {
        int id = peek();
        if (id >= 0) {
            wrapped |= id < next;
            next = id + 1;
        }
        return id;
    }

    private int peek() {
        int id = units.nextSetBit(next);
        if (id < 0 && !wrapped) {
            id = units.nextSetBit(0);
            return id < begin ? id : -1;
        }
        return wrapped && id >= begin ? -1 : id;
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
