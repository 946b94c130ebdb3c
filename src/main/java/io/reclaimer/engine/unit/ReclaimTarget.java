package io.reclaimer.engine.unit;

import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Locale;

/**
 * How much a round is to free.
 *
 * @param amount at least 1
 * @param unit of the amount
 * @param unknownObjectBytes the size assumed for objects whose size is neither declared nor learned, at least 1
 */
public record ReclaimTarget(long amount, Unit unit, long unknownObjectBytes) {

    /** The unit of a target. */
    public enum Unit {
        OBJECTS,
        BYTES
    }

    /** A number of objects, at least 1. */
    public static ReclaimTarget objects(long amount) {
        return new ReclaimTarget(amount, Unit.OBJECTS, ShrinkerSpec.DEFAULT_OBJECT_BYTES);
    }

    /** A number of bytes, at least 1. */
    public static ReclaimTarget bytes(long amount, long unknownObjectBytes) {
        return new ReclaimTarget(amount, Unit.BYTES, unknownObjectBytes);
    }

    /** The target without the part that is freed; {@code freed} is less than the amount. */
    public ReclaimTarget less(long freed) {
        return new ReclaimTarget(amount - freed, unit, unknownObjectBytes);
    }

    public boolean isInBytes() {
        return unit == Unit.BYTES;
    }

    public ReclaimTarget {
        if (amount < 1) {
            throw new IllegalArgumentException("The target of a request is [" + amount + "] "
                    + unit.name().toLowerCase(Locale.ROOT) + " but has to be 1 or more; leave it out for one pass");
        }
        if (unknownObjectBytes < 1) {
            throw new IllegalArgumentException("The size of objects of which nothing is known is [" + unknownObjectBytes
                    + "] but has to be 1 or more");
        }
    }
}
