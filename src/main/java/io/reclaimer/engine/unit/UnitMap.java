package io.reclaimer.engine.unit;

import static io.reclaimer.engine.unit.ShrinkerUnit.IDS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The bitmap and the deferred counts of one cgroup on one node. A unit is made when something is first set in it. So
 * every map has room for every id, and an expansion changes no map. Thread-safe, see {@link ShrinkerUnit}.
 */
public final class UnitMap {

    /**
     * A deferred count outside of a map. It names its owner by id and serial, so it does not keep the owner from being
     * collected.
     */
    public record Deferred(int id, long serial, long objects) {}

    private static final @Nullable ShrinkerUnit[] NONE = {};

    /** Replaced as a whole under the lock of {@code this}, so that a reader sees complete units. */
    private volatile @Nullable ShrinkerUnit[] units = NONE;

    public void setBit(int id, long serial) {
        unitOf(id).setBit(id % IDS, serial);
    }

    /** Clears a bit, if the owner of that serial is still the newest. */
    public void clearBit(int id, long serial) {
        ShrinkerUnit unit = existing(id);
        if (unit != null) {
            unit.clearBit(id % IDS, serial);
        }
    }

    /** The serial of the newest owner of an id that set its bit here; 0 if none ever did. */
    public long owner(int id) {
        ShrinkerUnit unit = existing(id);
        return unit == null ? 0 : unit.owner(id % IDS);
    }

    public boolean isSet(int id, long serial) {
        ShrinkerUnit unit = existing(id);
        return unit != null && unit.isSet(id % IDS, serial);
    }

    /** The lowest id from {@code id} on whose bit is set, or -1. */
    public int nextSetBit(int id) {
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

    public boolean isClean() {
        for (ShrinkerUnit unit : units) {
            if (unit != null && !unit.isClean()) {
                return false;
            }
        }
        return true;
    }

    public long takeDeferred(int id, long serial) {
        ShrinkerUnit unit = existing(id);
        return unit == null ? 0 : unit.takeDeferred(id % IDS, serial);
    }

    /** Adds to a deferred count, and returns the sum. */
    public long addDeferred(int id, long serial, long objects) {
        ShrinkerUnit unit = objects == 0 ? existing(id) : unitOf(id);
        return unit == null ? 0 : unit.addDeferred(id % IDS, serial, objects);
    }

    /** Takes out all deferred counts. */
    public List<Deferred> takeAllDeferred() {
        List<Deferred> all = new ArrayList<>(0);
        @Nullable ShrinkerUnit[] now = units;
        for (int index = 0; index < now.length; index++) {
            ShrinkerUnit unit = now[index];
            if (unit != null) {
                unit.takeAllDeferred(index * IDS, all);
            }
        }
        return all;
    }

    /**
     * Adds the bits and counts of the present owners, by id, in rising order. For people.
     *
     * @param serialOf the serial of the present owner of an id; 0 if there is none
     */
    public void describe(IntToLongFunction serialOf, List<Integer> bits, Map<Integer, Long> deferred) {
        @Nullable ShrinkerUnit[] now = units;
        for (int index = 0; index < now.length; index++) {
            ShrinkerUnit unit = now[index];
            if (unit != null) {
                unit.describe(index * IDS, serialOf, bits, deferred);
            }
        }
    }

    /** Adds a deferred count that was taken out of another map. */
    public void addDeferred(Deferred count) {
        unitOf(count.id()).addDeferred(count.id() % IDS, count.serial(), count.objects());
    }

    /** How many units exist. */
    public int unitCount() {
        return (int) Arrays.stream(units).filter(unit -> unit != null).count();
    }

    private @Nullable ShrinkerUnit existing(int id) {
        @Nullable ShrinkerUnit[] now = units;
        return id / IDS < now.length ? now[id / IDS] : null;
    }

    private ShrinkerUnit unitOf(int id) {
        ShrinkerUnit unit = existing(id);
        return unit != null ? unit : create(id / IDS);
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
