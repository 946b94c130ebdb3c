package io.reclaimer.pressure;

import java.util.List;
import java.util.Locale;

/** Which garbage a collection that just ended has taken out, by what its bean says of it. */
enum CollectionScope {
    /** Not the end of a collection but a step of one: says nothing. */
    NOTHING,
    /** A step of a marking that looks for old garbage, and takes none out, or little: remark or cleanup of G1. */
    MARKING,
    /** Garbage of the young generation only: what became garbage in the old one is still in use there. */
    YOUNG,
    /** Young garbage and possibly some of the old. */
    SOME_OLD,
    /** Young garbage, and some of the old garbage that a marking has found: a mixed pause of G1. */
    MIXED,
    /** All garbage there was when it started. */
    ALL;

    /*
     * What the beans of HotSpot report, JDK 17 and 25 alike unless said otherwise:
     *
     *   bean (gcName)           action                           pools                     here
     *   G1 Young Generation     end of minor GC                  Eden, Survivor, Old       SOME_OLD
     *   G1 Old Generation       end of major GC                  Eden, Survivor, Old       ALL
     *   G1 Concurrent GC (25)   end of concurrent GC pause       Old                       MARKING
     *   PS Scavenge, Copy       end of minor GC                  Eden, Survivor            YOUNG
     *   PS MarkSweep,
     *     MarkSweepCompact      end of major GC                  Eden, Survivor, Old       ALL
     *   ZGC Cycles (17)         end of GC cycle                  ZHeap                     ALL
     *   ZGC Minor Cycles (25)   end of GC cycle                  Young, Old                SOME_OLD
     *   ZGC Major Cycles (25)   end of GC cycle                  Young, Old                ALL
     *   Shenandoah Cycles       end of GC cycle                  Shenandoah                ALL
     *   Shenandoah Cycles (25, generational)                     Young, Old                SOME_OLD
     *   * Pauses                end of GC pause, Init Mark ...   any                       NOTHING
     *
     * "Minor" in G1 covers the mixed pauses, which PlatformHeap tells apart by the old generation's pool; a minor cycle of
     * ZGC takes nothing old itself, but a major one may run meanwhile. A generational Shenandoah does not say whether a
     * cycle was a young one.
     */

    /**
     * @param gcName of the bean, as in {@code G1 Young Generation}
     * @param action of the notification, as in {@code end of minor GC}; empty where it is not known
     * @param pools the pools the bean manages
     */
    static CollectionScope of(String gcName, String action, List<String> pools) {
        String name = gcName.toLowerCase(Locale.ROOT);
        if (name.equals("g1 concurrent gc")) {
            return MARKING;
        }
        if (name.contains("pauses") || action.toLowerCase(Locale.ROOT).contains("pause")) {
            return NOTHING;
        }
        boolean managesOld = pools.stream().anyMatch(CollectionScope::isOld);
        boolean isMajor = action.contains("major")
                || name.contains("major")
                || name.contains("marksweep")
                || name.equals("g1 old generation");
        if (isMajor) {
            return ALL;
        }
        boolean isMinor = action.contains("minor") || name.equals("ps scavenge") || name.equals("copy");
        if (isMinor && !managesOld) {
            return YOUNG;
        }
        return managesOld ? SOME_OLD : ALL;
    }

    /** Whether a pool holds the old generation of a heap that has generations. */
    static boolean isOld(String pool) {
        return pool.contains("Old") || pool.contains("Tenured");
    }
}
