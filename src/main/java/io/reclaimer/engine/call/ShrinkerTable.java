package io.reclaimer.engine.call;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All shrinkers at one moment. Immutable: the registry makes a new table for each change, and an iteration keeps the
 * one that it began with.
 */
public final class ShrinkerTable {

    public static final ShrinkerTable EMPTY = new ShrinkerTable(new ShrinkerEntry[0], List.of(), List.of());

    private final @Nullable ShrinkerEntry[] byId;
    private final List<ShrinkerEntry> allocated;
    private final List<ShrinkerEntry> registered;

    private ShrinkerTable(
            @Nullable ShrinkerEntry[] byId, List<ShrinkerEntry> allocated, List<ShrinkerEntry> registered) {
        this.byId = byId;
        this.allocated = allocated;
        this.registered = registered;
    }

    /** The present owner of an id; null if there is none. */
    public @Nullable ShrinkerEntry byId(int id) {
        return id < byId.length ? byId[id] : null;
    }

    /** The serial of the present owner of an id; 0 if there is none. */
    public long serialOf(int id) {
        ShrinkerEntry entry = byId(id);
        return entry == null ? 0 : entry.serial();
    }

    /** The shrinker of that serial; null if it is gone. */
    public @Nullable ShrinkerEntry bySerial(long serial) {
        for (ShrinkerEntry entry : allocated) {
            if (entry.serial() == serial) {
                return entry;
            }
        }
        return null;
    }

    /** The shrinkers that are not gone, in the order of allocation. */
    public List<ShrinkerEntry> allocated() {
        return allocated;
    }

    /** The shrinkers that were registered and are not gone, in the order of registration. */
    public List<ShrinkerEntry> registered() {
        return registered;
    }

    public ShrinkerTable withAllocated(ShrinkerEntry entry) {
        @Nullable ShrinkerEntry[] ids = byId;
        if (entry.isCgroupAware()) {
            ids = Arrays.copyOf(byId, Math.max(byId.length, entry.id() + 1));
            ids[entry.id()] = entry;
        }
        return new ShrinkerTable(ids, with(allocated, entry), registered);
    }

    public ShrinkerTable withRegistered(ShrinkerEntry entry) {
        return new ShrinkerTable(byId, allocated, with(registered, entry));
    }

    public ShrinkerTable without(ShrinkerEntry entry) {
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
