package io.reclaimer.engine;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkControl;

/**
 * A call that somebody else than the pair's actor makes, when its turn comes: it begins, and ends by an answer, by being
 * dropped, or by being given up at its deadline, which is reckoned from its beginning. Any thread.
 */
public interface RemoteCall extends ShrinkControl {

    /** What is asked. */
    enum Kind {
        COUNT,
        SCAN,
        REPARENT;

        /** For people. */
        String word() {
            return switch (this) {
                case COUNT -> "count";
                case SCAN -> "scan";
                case REPARENT -> "reparent";
            };
        }
    }

    Kind kind();

    /** Of a reparent, where the objects go. */
    CgroupPath parent();

    /** It is made now. */
    void begins();

    /** Nobody waits for it any more. */
    boolean isOver();

    /** The shrinker answered. Once; a second answer is counted as a fault, or as late. */
    void answer(long answer);

    /** The shrinker failed. */
    void fail(Throwable thrown);

    /** It is not made, as nobody needs it any more. */
    void dropped();
}
