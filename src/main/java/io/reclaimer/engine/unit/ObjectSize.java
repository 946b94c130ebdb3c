package io.reclaimer.engine.unit;

import io.reclaimer.shrinker.SizeSource;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The size of one shrinker's objects in bytes: the average of the objects that its scans freed lately, if the scans
 * reported bytes; otherwise the size in its spec; otherwise unknown. Thread-safe; written under the lock of {@code
 * this}.
 */
public final class ObjectSize {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectSize.class);

    /** The size of the window of the average, in objects: objects freed before it lose weight. */
    static final long WINDOW_OBJECTS = 16 * 1024;

    /** How many freed objects are enough to doubt the declared size. */
    static final long ENOUGH_OBJECTS = 128;

    /** The factor between the learned and the declared size above which the difference is reported. */
    static final double MAX_DIFFERENCE = 2;

    private final String name;
    private final OptionalLong declared;

    private double freedObjects;
    private double freedBytes;
    private boolean isReported;

    /** 0 if nothing was learned. */
    private volatile long learned;

    /**
     * The size of one shrinker's objects.
     *
     * @param name of the shrinker, for people
     * @param declared by its spec
     */
    public ObjectSize(String name, OptionalLong declared) {
        this.name = name;
        this.declared = declared;
    }

    /** Whether the size is declared, or was learned. */
    public boolean isKnown() {
        return learned > 0 || declared.isPresent();
    }

    /** How the size is known. */
    public SizeSource source() {
        if (learned > 0) {
            return SizeSource.LEARNED;
        }
        return declared.isPresent() ? SizeSource.DECLARED : SizeSource.ASSUMED;
    }

    /** The size, at least 1; empty if it is not known. */
    public OptionalLong bytes() {
        long now = learned;
        return now > 0 ? OptionalLong.of(now) : declared;
    }

    /** The size, at least 1; {@code unknown} if it is not known. */
    public long bytesOr(long unknown) {
        long now = learned;
        return now > 0 ? now : declared.orElse(unknown);
    }

    /** Learns from a scan that freed objects of so many bytes together. */
    public void learn(long objects, long bytes) {
        if (objects > 0) {
            boolean differs;
            synchronized (this) {
                freedObjects += objects;
                freedBytes += bytes;
                learned = Math.max(1, Math.round(freedBytes / freedObjects));
                differs = differs();
                isReported |= differs;
                if (freedObjects > WINDOW_OBJECTS) {
                    freedBytes *= WINDOW_OBJECTS / freedObjects;
                    freedObjects = WINDOW_OBJECTS;
                }
            }
            if (differs) {
                report();
            }
        }
    }

    private boolean differs() {
        if (isReported || declared.isEmpty() || freedObjects < ENOUGH_OBJECTS) {
            return false;
        }
        double factor = (double) learned / declared.getAsLong();
        return factor > MAX_DIFFERENCE || factor < 1 / MAX_DIFFERENCE;
    }

    private void report() {
        LOG.warn(
                "Shrinker [{}] declares objects of [{}] bytes, but those that it freed held [{}] on average. Rounds use the"
                        + " size of what it frees; a better objectBytes in its spec makes the first rounds use it, too. This is"
                        + " said once",
                name,
                declared.orElse(0),
                learned);
    }
}
