package io.reclaimer.pressure;

import java.util.List;
import java.util.Locale;

/** Which garbage a collection that just ended has taken out, by what its bean says of it. */
enum CollectionScope {
    /** Not the end of a collection but a step of one: says nothing. */
    NOTHING,
    /** Garbage of the young generation only: what became garbage in the old one is still in use there. */
    YOUNG,
    /** Young garbage and possibly some of the old: one of G1's pauses, whose beans don't tell young from mixed. */
    SOME_OLD,
    /** All garbage there was when it started. */
    ALL;

    /*
     * What the beans of HotSpot report, JDK 17 and 25 alike unless said otherwise:
     *
     *   bean (gcName)           action                           pools                     here
     *   G1 Young Generation     end of minor GC                  Eden, Survivor, Old       SOME_OLD
     *   G1 Old Generation       end of major GC                  Eden, Survivor, Old       ALL
     *   G1 Concurrent GC (25)   end of concurrent GC pause       Old                       NOTHING
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
     * "Minor" in G1 covers the mixed pauses; a minor cycle of ZGC takes nothing old itself, but a major one may run
     * meanwhile. A generational Shenandoah does not say whether a cycle was a young one.
     */

    /**
     * @param gcName of the bean, as in {@code G1 Young Generation}
     * @param action of the notification, as in {@code end of minor GC}
     * @param pools the pools the bean manages
     */
    static CollectionScope of(String gcName, String action, List<String> pools) {
        String name = gcName.toLowerCase(Locale.ROOT);
        if (name.contains("pauses") || action.toLowerCase(Locale.ROOT).contains("pause")) {
            return NOTHING;
        }
        boolean managesOld = pools.stream().anyMatch(CollectionScope::isOld);
        if (action.contains("major") || name.contains("major")) {
            return ALL;
        }
        if (action.contains("minor") && !managesOld) {
            return YOUNG;
        }
        return managesOld ? SOME_OLD : ALL;
    }

    /** Whether a pool holds the old generation of a heap that has generations. */
    static boolean isOld(String pool) {
        return pool.contains("Old") || pool.contains("Tenured");
    }
}
