package io.reclaimer.engine.unit;

import static io.reclaimer.shrinker.Shrinker.EMPTY;
import static io.reclaimer.shrinker.Shrinker.STOP;

import org.jspecify.annotations.Nullable;

/** The check of a scan's reply. */
public final class ScanCheck {

    private ScanCheck() {}

    /**
     * Describes the fault in the reply of a scan; null if there is none.
     *
     * @param plan of the visit, without this scan
     * @param freed objects that it reports as freed
     * @param scanned objects that it reports as scanned
     * @param asked objects that it was asked to scan
     */
    public static @Nullable String faultIn(ScanPlan plan, long freed, long scanned, long asked) {
        if (freed < 0) {
            return "its scan answered [" + nameOf(freed) + "]; allowed are 0 or more, and STOP";
        }
        if (freed > asked && freed > plan.freeable() - plan.freed()) {
            return "its scan answered that it freed [" + freed + "] objects; it was asked for [" + asked
                    + "], and had counted [" + plan.freeable() + "] of which [" + plan.freed() + "] were freed";
        }
        if (scanned <= 0 && freed == 0) {
            return "its scan freed nothing and says that it scanned [" + scanned
                    + "] objects; allowed are 1 or more, or the answer STOP";
        }
        if (scanned > Math.max(asked, plan.freeable())) {
            return "its scan says that it scanned [" + scanned + "] objects; it was asked for [" + asked
                    + "], and had counted [" + plan.freeable() + "]";
        }
        return null;
    }

    /** The name of a special reply, or the number. */
    public static String nameOf(long reply) {
        return reply == EMPTY ? "EMPTY" : reply == STOP ? "STOP" : Long.toString(reply);
    }
}
