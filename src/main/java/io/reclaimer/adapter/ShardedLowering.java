package io.reclaimer.adapter;

import io.reclaimer.ShrinkerMessage.ScanObjects;
import java.time.Duration;

/**
 * A scan that has lowered the limit of a region and waits for entities to stop. Immutable.
 *
 * @param before the entities of all shards before the limit was lowered
 * @param seen the entities of each shard by its last answer
 * @param expected the number of entities that have to stop
 * @param nextPoll the time to the next query
 */
record ShardedLowering(ScanObjects scan, ShardedLoad before, ShardedLoad seen, long expected, Duration nextPoll) {

    /** Returns this with a later answer of the region. A shard missing from that answer keeps its number. */
    ShardedLowering polled(ShardedLoad now) {
        return new ShardedLowering(scan, before, seen.updatedBy(now), expected, nextPoll.multipliedBy(2));
    }

    long stopped() {
        return Math.max(0, before.total() - seen.total());
    }

    boolean isDone() {
        return stopped() >= expected;
    }

    void reply() {
        scan.reply(stopped());
    }
}
