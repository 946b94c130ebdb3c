package io.reclaimer.adapter;

import io.reclaimer.ShrinkerMessage.ScanObjects;
import java.util.LinkedHashSet;
import java.util.Set;

/** A scan that waits for entities to end. Confined to the tracker. */
final class ShardedScan {

    final long number;
    final ScanObjects message;
    final Set<ShardedEntity> awaited = new LinkedHashSet<>();
    private long freed;

    ShardedScan(long number, ScanObjects message) {
        this.number = number;
        this.message = message;
    }

    void ended(ShardedEntity entity) {
        if (awaited.remove(entity)) {
            freed++;
        }
    }

    void reply() {
        message.reply(freed);
    }
}
