package io.reclaimer.engine;

import io.reclaimer.engine.call.ShrinkerEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An iteration over all registered shrinkers, in the order of registration, whatever their bits. Its places are the
 * numbers of that order.
 */
final class RegistrationIteration extends ShrinkerIteration {

    private List<ShrinkerEntry> entries = List.of();
    private long end;
    private int next;

    RegistrationIteration(EngineContext engine) {
        super(engine);
    }

    @Override
    void begin(CgroupPerNode perNode, long begin, long before) {
        entries = engine.table().registered();
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
        return next < entries.size() ? entries.get(next).order() : PassRequest.TO_THE_END;
    }

    @Override
    @Nullable
    ShrinkerEntry next(PassThread thread) {
        while (next < entries.size() && entries.get(next).order() < end) {
            ShrinkerEntry entry = entries.get(next++);
            if (isWantedOrCounted(entry) && tryHold(entry, thread)) {
                return entry;
            }
        }
        return null;
    }
}
