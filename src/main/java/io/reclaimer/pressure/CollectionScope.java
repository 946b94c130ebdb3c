package io.reclaimer.pressure;

import java.util.List;
import java.util.Locale;

/** The garbage that a collection removes, derived from the data of its bean. */
enum CollectionScope {
    /** A step of a collection, not its end. It shows nothing. */
    NOTHING,
    /** A step of a marking that looks for old garbage and removes little or none of it: remark or cleanup of G1. */
    MARKING,
    /** Garbage of the young generation only. Garbage of the old generation still counts as used. */
    YOUNG,
    /** Young garbage, and possibly some old garbage. */
    SOME_OLD,
    /** Young garbage, and some of the old garbage that a marking has found: a mixed pause of G1. */
    MIXED,
    /** All garbage that existed at the start of the collection. */
    ALL;

    /*
     * The reports of HotSpot's beans, the same in JDK 17 and 25 unless noted:
     *
     *   bean (gcName)           action                           pools                     scope
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
     * A minor collection of G1 may be a mixed pause; PlatformHeap recognises those by the pool of the old generation. A
     * minor cycle of ZGC removes no old garbage itself, but a major cycle may run at the same time. A generational
     * Shenandoah does not report whether a cycle was a young one.
     */

    /**
     * @param gcName the name of the bean, such as {@code G1 Young Generation}
     * @param action the action of the notification, such as {@code end of minor GC}; empty if unknown
     * @param pools the pools that the bean manages
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

    /** Returns whether a pool holds the old generation of a generational heap. */
    static boolean isOld(String pool) {
        return pool.contains("Old") || pool.contains("Tenured");
    }
}
