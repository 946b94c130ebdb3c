package io.reclaimer.engine.call;

import akka.Done;
import java.util.ArrayList;
import java.util.List;

/** The receivers that wait until one shrinker is freed. Thread-safe; guarded by {@code this}. */
final class FreedListeners {

    private final List<Reply<Done>> waiting = new ArrayList<>(1);
    private boolean isFreed;

    /** Tells a receiver when the shrinker is freed; at once if it is freed already. */
    void add(Reply<Done> replyTo) {
        synchronized (this) {
            if (!isFreed) {
                waiting.add(replyTo);
                return;
            }
        }
        replyTo.success(Done.getInstance());
    }

    /** Tells all that the shrinker is freed. */
    void freed() {
        takeAll().forEach(replyTo -> replyTo.success(Done.getInstance()));
    }

    private synchronized List<Reply<Done>> takeAll() {
        isFreed = true;
        List<Reply<Done>> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
