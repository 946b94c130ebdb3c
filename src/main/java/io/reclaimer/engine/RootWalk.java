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

    /** Begins with the first shrinker that was registered as {@code beginOrder} or later. */
    RootWalk(Pair pair, Published published, PassControl control, RoundWork work, int priority, long beginOrder) {
        super(pair, published, control, work, priority);
        this.entries = published.table().registered();
        this.begin = indexOf(beginOrder);
    }

    @Override
    boolean cameToTheEnd() {
        return begin + taken >= entries.size()
                || entries.subList(begin + taken, entries.size()).stream().noneMatch(RootWalk::isWanted);
    }

    /** The order of a shrinker. */
    @Override
    long resumeAt() {
        boolean fromTheStart = begin + taken < entries.size() && cameToTheEnd();
        return entries.isEmpty() || fromTheStart ? 0 : entry(taken).order();
    }

    @Override
    @Nullable
    ShrinkerEntry nextHeld() {
        while (taken < entries.size()) {
            ShrinkerEntry entry = entry(taken++);
            if (isWanted(entry) && entry.holds().tryHold()) {
                return entry;
            }
        }
        return null;
    }

    private static boolean isWanted(ShrinkerEntry entry) {
        return entry.isRegistered() && !entry.faults().isQuarantined();
    }

    private ShrinkerEntry entry(int position) {
        return entries.get((begin + position) % entries.size());
    }

    private int indexOf(long order) {
        for (int i = 0; i < entries.size() && order > 0; i++) {
            if (entries.get(i).order() >= order) {
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
