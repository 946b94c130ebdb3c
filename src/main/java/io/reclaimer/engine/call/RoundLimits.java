package io.reclaimer.engine.call;

import io.reclaimer.shrinker.ReclaimFlag;
import java.util.Set;

/** The limits that a round sets for its calls. Thread-safe. */
public interface RoundLimits {

    /** The limits of a call that belongs to no round. */
    RoundLimits NONE = new RoundLimits() {
        @Override
        public boolean isStopped() {
            return false;
        }

        @Override
        public long maxBytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public Set<ReclaimFlag> flags() {
            return Set.of();
        }
    };

    /** Whether the visits of the round are to end now. */
    boolean isStopped();

    /** How many bytes a scan call frees at most, at least 1. */
    long maxBytes();

    /** The flags of the request. */
    Set<ReclaimFlag> flags();
}
