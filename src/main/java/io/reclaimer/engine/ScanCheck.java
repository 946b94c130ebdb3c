package io.reclaimer.engine;

import static io.reclaimer.shrinker.Shrinker.EMPTY;
import static io.reclaimer.shrinker.Shrinker.STOP;

import org.jspecify.annotations.Nullable;

/** Checks what a scan answered. */
final class ScanCheck {

    private ScanCheck() {}

    /**
     * The fault in what a scan answered, in words; null where there is none.
     *
     * @param visit the visit so far, without this scan
     * @param answer objects that it says it freed
     * @param looked objects that it says it scanned
     * @param asked objects that it was to scan
     */
    static @Nullable String wrongWith(Visit visit, long answer, long looked, long asked) {
        if (answer < 0) {
            return "its scan answered [" + nameOf(answer) + "]; allowed are 0 or more, and STOP";
        }
        if (answer > asked && answer > visit.freeable() - visit.freed()) {
            return "its scan answered that it freed [" + answer + "] objects; it was asked for [" + asked
                    + "], and had counted [" + visit.freeable() + "] of which [" + visit.freed() + "] were freed";
        }
        if (looked <= 0 && answer == 0) {
            return "its scan freed nothing and says that it scanned [" + looked
                    + "] objects; allowed are 1 or more, or the answer STOP";
        }
        if (looked > Math.max(asked, visit.freeable())) {
            return "its scan says that it scanned [" + looked + "] objects; it was asked for [" + asked
                    + "], and had counted [" + visit.freeable() + "]";
        }
        return null;
    }

    static String nameOf(long answer) {
        return answer == EMPTY ? "EMPTY" : answer == STOP ? "STOP" : Long.toString(answer);
    }
}
