package io.reclaimer.engine;

/**
 * A shrinker whose call holds the thread of its pair's visitor, so that nobody else visits it there meanwhile. Ended by the
 * thread when it comes back, or by the watch when it finds that it has. Thread-safe.
 */
final class StuckVisit {

    private final Pair pair;
    private final ShrinkerEntry entry;

    /** Guarded by this. */
    private boolean ended;

    private StuckVisit(Pair pair, ShrinkerEntry entry) {
        this.pair = pair;
        this.entry = entry;
    }

    static StuckVisit begin(Pair pair, ShrinkerEntry entry) {
        pair.late().begin(entry);
        return new StuckVisit(pair, entry);
    }

    synchronized void end() {
        if (!ended) {
            ended = true;
            pair.late().end(entry);
        }
    }
}
