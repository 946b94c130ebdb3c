package io.reclaimer.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk over all registered shrinkers, in the order registered, from where it is told to begin, and round to there.
 * Bits do not matter.
 */
final class RootWalk extends Walk {

    private final List<ShrinkerEntry> entries;
    private final int begin;
    private int taken;

    /** Begins with the shrinker of this serial, or with the first where that one is gone. */
    RootWalk(Pair pair, Published published, PassControl control, RoundWork work, int priority, long beginSerial) {
        super(pair, published, control, work, priority);
        this.entries = published.table().registered();
        this.begin = indexOf(beginSerial);
    }

    @Override
    boolean reachedAll() {
        return taken == entries.size();
    }

    @Override
    long resumeAt() {
        return reachedAll() ? 0 : entry(taken).serial();
    }

    @Override
    @Nullable
    ShrinkerEntry nextHeld() {
        while (taken < entries.size()) {
            ShrinkerEntry entry = entry(taken++);
            if (!entry.faults().isQuarantined() && entry.holds().tryHold()) {
                return entry;
            }
        }
        return null;
    }

    private ShrinkerEntry entry(int position) {
        return entries.get((begin + position) % entries.size());
    }

    private int indexOf(long serial) {
        for (int i = 0; i < entries.size() && serial != 0; i++) {
            if (entries.get(i).serial() == serial) {
                return i;
            }
        }
        return 0;
    }

    @Override
    boolean clearedBit(ShrinkerEntry entry) {
        return false;
    }

    @Override
    void setBitAgain(ShrinkerEntry entry) {
        throw new IllegalStateException("A root walk clears no bits");
    }
}
