package io.reclaimer.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A walk over all registered shrinkers, in the order registered. Bits do not matter. */
final class RootWalk extends Walk {

    private final Published published;
    private List<ShrinkerEntry> entries = List.of();
    private long end;
    private int next;

    RootWalk(Published published) {
        super(published);
        this.published = published;
    }

    /** Over the shrinkers that were registered as {@code begin} or later, and before {@code before}. */
    @Override
    void begin(Pair pair, long begin, long before) {
        entries = published.table().registered();
        end = before;
        next = 0;
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
    long position() {
        return next < entries.size() ? entries.get(next).order() : PairPass.TO_THE_END;
    }

    @Override
    @Nullable
    ShrinkerEntry next(CallMark mark) {
        while (next < entries.size() && entries.get(next).order() < end) {
            ShrinkerEntry entry = entries.get(next++);
            if (isWantedOrCounted(entry) && tryHold(entry, mark)) {
                return entry;
            }
        }
        return null;
    }
}
