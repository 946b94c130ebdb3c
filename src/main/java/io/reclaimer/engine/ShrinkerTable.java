package io.reclaimer.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All shrinkers at one moment. Immutable: the registry makes a new one for each change, whoever walks keeps the one it
 * has.
 */
public final class ShrinkerTable {

    static final ShrinkerTable EMPTY = new ShrinkerTable(new ShrinkerEntry[0], List.of(), List.of());

    private final @Nullable ShrinkerEntry[] byId;
    private final List<ShrinkerEntry> allocated;
    private final List<ShrinkerEntry> registered;

    private ShrinkerTable(
            @Nullable ShrinkerEntry[] byId, List<ShrinkerEntry> allocated, List<ShrinkerEntry> registered) {
        this.byId = byId;
        this.allocated = allocated;
        this.registered = registered;
    }

    /** The owner of an id now, if there is one. */
    @Nullable
    ShrinkerEntry byId(int id) {
        return id < byId.length ? byId[id] : null;
    }

    /** The one of that serial, if it is not gone. */
    @Nullable
    ShrinkerEntry bySerial(long serial) {
        for (ShrinkerEntry entry : allocated) {
            if (entry.serial() == serial) {
                return entry;
            }
        }
        return null;
    }

    /** All that are not gone, in the order allocated. */
    public List<ShrinkerEntry> allocated() {
        return allocated;
    }

    /** All that were registered and are not gone, in the order registered. */
    public List<ShrinkerEntry> registered() {
        return registered;
    }

    ShrinkerTable withAllocated(ShrinkerEntry entry) {
        @Nullable ShrinkerEntry[] ids = byId;
        if (entry.isCgroupAware()) {
            ids = Arrays.copyOf(byId, Math.max(byId.length, entry.id() + 1));
            ids[entry.id()] = entry;
        }
        return new ShrinkerTable(ids, with(allocated, entry), registered);
    }

    ShrinkerTable withRegistered(ShrinkerEntry entry) {
        return new ShrinkerTable(byId, allocated, with(registered, entry));
    }

    ShrinkerTable without(ShrinkerEntry entry) {
        @Nullable ShrinkerEntry[] ids = byId;
        if (entry.isCgroupAware()) {
            ids = byId.clone();
            ids[entry.id()] = null;
        }
        return new ShrinkerTable(ids, without(allocated, entry), without(registered, entry));
    }

    private static List<ShrinkerEntry> with(List<ShrinkerEntry> entries, ShrinkerEntry entry) {
        List<ShrinkerEntry> more = new ArrayList<>(entries.size() + 1);
        more.addAll(entries);
        more.add(entry);
        return List.copyOf(more);
    }

    private static List<ShrinkerEntry> without(List<ShrinkerEntry> entries, ShrinkerEntry entry) {
        return entries.stream().filter(other -> other != entry).toList();
    }
}
