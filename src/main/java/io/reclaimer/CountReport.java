package io.reclaimer;

import io.reclaimer.shrinker.Saturating;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.SizeSource;
import java.util.List;
import java.util.Map;

/**
 * The report of a count: the objects that could be freed, as the shrinkers counted them. A shrinker that is not NUMA
 * aware is counted once, whichever nodes were requested.
 *
 * <p>The outcome is {@code DONE}; or {@code DEADLINE}, {@code CANCELLED} or {@code SHUTDOWN}, if the other components
 * hold only the part counted until then; or {@code NOT_ONLINE}. {@link #largest} has up to 256 entries. Objects of
 * visits in {@link #shortfalls} are not counted.
 */
public interface CountReport extends RoundReport {

    /** Objects that could be freed, of all shrinkers. */
    long freeableObjects();

    /** The same in bytes, by the size that was learned of each shrinker's objects, otherwise by the declared one. */
    long freeableBytes();

    /**
     * By priority, 0 to {@value Shrinker#LOWEST_PRIORITY}: objects that one pass at that priority would free if each
     * scan freed all that it is asked for, with the deferred ones.
     */
    List<Long> plannedObjects();

    /**
     * The part of {@code freeableObjects} whose size is neither declared nor learned; each counts as {@value
     * ShrinkerSpec#DEFAULT_OBJECT_BYTES} bytes.
     */
    long unsizedObjects();

    /**
     * Bytes that are held: as shrinkers said them ({@link ShrinkControl#heldBytes}), otherwise the objects that could be
     * freed times their size. Objects that can't be freed now are among them if their shrinker says its bytes.
     */
    default long heldBytes() {
        return Saturating.sum(heldBytesBySource().values().stream().mapToLong(Long::longValue));
    }

    /** The bytes that are held, by how they are known, without zeros. */
    Map<SizeSource, Long> heldBytesBySource();
}
