package io.reclaimer.engine;

import static io.reclaimer.engine.ShrinkerUnit.IDS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The map of one cgroup on one node: units only where something was set, so that each map has room for every id there is, and
 * none has to be told when there are more ids. Thread-safe, see {@link ShrinkerUnit}.
 */
final class UnitMap {

    /** A deferred count without its map. Names the owner, and does not keep it. */
    record Owed(int id, long serial, long objects) {}

    private static final @Nullable ShrinkerUnit[] NONE = {};

    /** Replaced as a whole, under this object's lock, so that whoever reads it sees finished units. */
    private volatile @Nullable ShrinkerUnit[] units = NONE;

    void setBit(ShrinkerEntry entry) {
        unitOf(entry).setBit(entry.id() % IDS, entry.serial());
    }

    void clearBit(ShrinkerEntry entry) {
        ShrinkerUnit unit = existing(entry.id());
        if (unit != null) {
            unit.clearBit(entry.id() % IDS, entry.serial());
        }
    }

    /** Clears a bit where its newest owner is still the one of that serial. */
    void clearBit(int id, long owner) {
        ShrinkerUnit unit = existing(id);
        if (unit != null) {
            unit.clearBit(id % IDS, owner);
        }
    }

    /** The serial of the newest owner of an id that set its bit here; 0 where none ever did. */
    long owner(int id) {
        ShrinkerUnit unit = existing(id);
        return unit == null ? 0 : unit.owner(id % IDS);
    }

    boolean isSet(ShrinkerEntry entry) {
        ShrinkerUnit unit = existing(entry.id());
        return unit != null && unit.isSet(entry.id() % IDS, entry.serial());
    }

    /** The lowest id from {@code id} on whose bit is set, or -1. */
    int nextSetBit(int id) {
        @Nullable ShrinkerUnit[] now = units;
        for (int index = id / IDS, from = id % IDS; index < now.length; index++, from = 0) {
            ShrinkerUnit unit = now[index];
            int bit = unit == null ? -1 : unit.nextSetBit(from);
            if (bit >= 0) {
                return index * IDS + bit;
            }
        }
        return -1;
    }

    boolean isClean() {
        for (ShrinkerUnit unit : units) {
            if (unit != null && !unit.isClean()) {
                return false;
            }
        }
        return true;
    }

    long takeDeferred(ShrinkerEntry entry) {
        ShrinkerUnit unit = existing(entry.id());
        return unit == null ? 0 : unit.takeDeferred(entry.id() % IDS, entry.serial());
    }

    /** Adds to what is owed, and answers what is owed then. */
    long addDeferred(ShrinkerEntry entry, long objects) {
        ShrinkerUnit unit = objects == 0 ? existing(entry.id()) : unitOf(entry);
        return unit == null ? 0 : unit.addDeferred(entry.id() % IDS, entry.serial(), objects);
    }

    /** Takes out all that is owed. */
    List<Owed> takeAllDeferred() {
        List<Owed> all = new ArrayList<>(0);
        @Nullable ShrinkerUnit[] now = units;
        for (int index = 0; index < now.length; index++) {
            ShrinkerUnit unit = now[index];
            if (unit != null) {
                unit.takeAllDeferred(index * IDS, all);
            }
        }
        return all;
    }

    /** Adds the bits and counts of shrinkers that are not gone, by id, in rising order. For people. */
    void describe(ShrinkerTable table, List<Integer> bits, Map<Integer, Long> deferred) {
        @Nullable ShrinkerUnit[] now = units;
        for (int index = 0; index < now.length; index++) {
            ShrinkerUnit unit = now[index];
            if (unit != null) {
                unit.describe(index * IDS, table, bits, deferred);
            }
        }
    }

    /** Puts back what was taken out. */
    void addDeferred(Owed owed) {
        ShrinkerUnit unit = existing(owed.id());
        if (unit == null) {
            unit = create(owed.id() / IDS);
        }
        unit.addDeferred(owed.id() % IDS, owed.serial(), owed.objects());
    }

    /** How many units exist. */
    int unitCount() {
        return (int) Arrays.stream(units).filter(unit -> unit != null).count();
    }

    private @Nullable ShrinkerUnit existing(int id) {
        @Nullable ShrinkerUnit[] now = units;
        return id / IDS < now.length ? now[id / IDS] : null;
    }

    private ShrinkerUnit unitOf(ShrinkerEntry entry) {
        ShrinkerUnit unit = existing(entry.id());
        return unit != null ? unit : create(entry.id() / IDS);
    }

    private synchronized ShrinkerUnit create(int index) {
        @Nullable ShrinkerUnit[] now = units;
        ShrinkerUnit there = index < now.length ? now[index] : null;
        if (there != null) {
            return there;
        }
        @Nullable ShrinkerUnit[] more = Arrays.copyOf(now, Math.max(now.length, index + 1));
        ShrinkerUnit unit = new ShrinkerUnit();
        more[index] = unit;
        units = more;
        return unit;
    }
}
