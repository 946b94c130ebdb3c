package io.reclaimer.console;

/**
 * What caches held on average over a run.
 *
 * @param samples how often that was looked at
 * @param pages sum over the samples
 * @param sessions sum over the samples
 */
record MeanHeld(long samples, long pages, long sessions) {

    static final MeanHeld NONE = new MeanHeld(0, 0, 0);

    /** With one more sample. */
    MeanHeld with(NodeCaches caches) {
        return new MeanHeld(samples + 1, pages + caches.pages(), sessions + caches.sessions());
    }

    long meanPages() {
        return pages / Math.max(1, samples);
    }

    long meanSessions() {
        return sessions / Math.max(1, samples);
    }
}
