package io.reclaimer.engine;

import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.Locale;

/**
 * What a round is to free.
 *
 * @param amount at least 1
 * @param unit of what
 * @param unknownObjectBytes how many bytes an object is taken to hold where that is neither declared nor learned, at least 1
 */
public record ReclaimTarget(long amount, Unit unit, long unknownObjectBytes) {

    /** What is counted. */
    public enum Unit {
        OBJECTS,
        BYTES
    }

    /** So many objects, at least 1. */
    public static ReclaimTarget objects(long amount) {
        return new ReclaimTarget(amount, Unit.OBJECTS, ShrinkerSpec.DEFAULT_OBJECT_BYTES);
    }

    /** So many bytes, at least 1. */
    public static ReclaimTarget bytes(long amount, long unknownObjectBytes) {
        return new ReclaimTarget(amount, Unit.BYTES, unknownObjectBytes);
    }

    /** The same, less what is freed of it. */
    ReclaimTarget less(long freed) {
        return new ReclaimTarget(amount - freed, unit, unknownObjectBytes);
    }

    boolean isInBytes() {
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
