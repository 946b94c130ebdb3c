package io.reclaimer.console.demo;

/**
 * The mean number of cached objects over a run.
 *
 * @param samples the number of samples taken
 * @param pages the sum of the pages over the samples
 * @param sessions the sum of the sessions over the samples
 */
public record MeanCacheSizes(long samples, long pages, long sessions) {

    public static final MeanCacheSizes NONE = new MeanCacheSizes(0, 0, 0);

    /** Returns these sums with one more sample. */
    public MeanCacheSizes with(NodeCaches caches) {
        return new MeanCacheSizes(samples + 1, pages + caches.pages(), sessions + caches.sessions());
    }

    public long meanPages() {
        return pages / Math.max(1, samples);
    }

    public long meanSessions() {
        return sessions / Math.max(1, samples);
    }
}
