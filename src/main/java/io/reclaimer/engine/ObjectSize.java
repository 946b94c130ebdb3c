package io.reclaimer.engine;

import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many bytes an object of one shrinker holds: the average of what its scans freed lately, where they said bytes; otherwise
 * what its spec says; otherwise that is not known. Written under this object's lock; read by any thread.
 */
public final class ObjectSize {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectSize.class);

    /** What was freed before these last objects has less and less weight. */
    static final long WINDOW_OBJECTS = 16 * 1024;

    /** How many objects say enough to doubt what was declared. */
    static final long ENOUGH_OBJECTS = 128;

    /** By what factor what was learned may differ from what was declared until that is reported. */
    static final double MOST_DIFFERENCE = 2;

    private final String name;
    private final OptionalLong declared;

    private double freedObjects;
    private double freedBytes;
    private boolean isReported;

    /** 0 where nothing was learned. */
    private volatile long learned;

    /**
     * Of one shrinker.
     *
     * @param name of the shrinker, for people
     * @param declared by its spec
     */
    ObjectSize(String name, OptionalLong declared) {
        this.name = name;
        this.declared = declared;
    }

    /** Whether it is declared, or was learned. */
    boolean isKnown() {
        return learned > 0 || declared.isPresent();
    }

    /** At least 1; empty where it is not known. */
    public OptionalLong bytes() {
        long now = learned;
        return now > 0 ? OptionalLong.of(now) : declared;
    }

    /** At least 1; {@code unknown} where it is not known. */
    long bytesOr(long unknown) {
        long now = learned;
        return now > 0 ? now : declared.orElse(unknown);
    }

    /** A scan freed that. */
    void learn(long objects, long bytes) {
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
        return factor > MOST_DIFFERENCE || factor < 1 / MOST_DIFFERENCE;
    }

    private void report() {
        LOG.warn(
                "Shrinker [{}] declares objects of [{}] bytes, but those that it freed held [{}] on average. Rounds reckon with"
                        + " what it frees; a better objectBytes in its spec has the first rounds do so, too. This is said once",
                name,
                declared.orElse(0),
                learned);
    }
}
