package io.reclaimer.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A walk over all registered shrinkers, in the order registered. Bits do not matter. */
final class RootWalk extends Walk {

    private final List<ShrinkerEntry> entries;
    private final long end;
    private int next;

    /** Over the shrinkers that were registered as {@code begin} or later, and before {@code end}. */
    RootWalk(
            Pair pair,
            Published published,
            PassControl control,
            PairCalls calls,
            RoundWork work,
            int priority,
            long begin,
            long end) {
        super(pair, published, control, calls, work, priority);
        this.entries = published.table().registered();
        this.end = end;
        while (next < entries.size() && entries.get(next).order() < begin) {
            next++;
        }
    }

    @Override
    boolean isAtTheEnd() {
        return entries.subList(next, entries.size()).stream()
                .noneMatch(entry -> entry.isRegistered() && isWanted(entry));
    }

    @Override
    long resumeAt() {
        return isAtTheEnd() ? 0 : entries.get(next).order();
    }

    @Override
    @Nullable
    ShrinkerEntry nextHeld() {
        while (next < entries.size() && entries.get(next).order() < end) {
            ShrinkerEntry entry = entries.get(next++);
            noteIfLeft(entry);
            if (isWanted(entry) && entry.holds().tryHold()) {
                return entry;
            }
        }
        return null;
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
