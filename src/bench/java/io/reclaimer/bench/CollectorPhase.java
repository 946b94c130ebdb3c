package io.reclaimer.bench;

import java.util.Locale;

/** What an application does with its heap while a collector is tried. Shares are of what can live in it. */
enum CollectorPhase {
    /** A cache is filled at full speed to 45 %. */
    LOAD,
    /** A cache of 40 % is there; short-lived garbage. */
    SERVE,
    /** The values of a cache of 40 % are replaced. */
    CHURN,
    /** A cache of 30 %, and a ring of 15 % whose objects live for as long as it takes to go round, at full speed. */
    FLAT_OUT,
    /** A cache of 40 %, and a ring of 10 % of arrays of 3 MiB. */
    HUMONGOUS,
    /** A cache grows by 4 % a second, from 60 %, for as long as it may. */
    NEAR,
    /** A cache of 25 %; what no cache holds grows to 55 %. */
    NON_CACHE;

    /** Its name on the command line and in tables. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static CollectorPhase of(String word) {
        for (CollectorPhase phase : values()) {
            if (phase.word().equals(word)) {
                return phase;
            }
        }
        throw new IllegalArgumentException("[" + word + "] is no phase; allowed are "
                + String.join(
                        ", ",
                        java.util.Arrays.stream(values())
                                .map(CollectorPhase::word)
                                .toList()));
    }
}
