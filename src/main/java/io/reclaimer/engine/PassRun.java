package io.reclaimer.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One pass as a visitor makes it. Used again for the next pass, of any pair that is visited by the same thread, so that passes
 * allocate nothing. Confined to one visitor at a time.
 */
final class PassRun {

    /** Sent to the visitor when its next time slice has come. */
    final CgroupNode.Continue goOn = new CgroupNode.Continue(this);

    final Walk walk;

    /** The next one in a list of spare ones. */
    @Nullable
    PassRun next;

    private @Nullable PairPass pass;

    /** Whether {@link #goOn} is under way. */
    private boolean goOnSent;

    PassRun(Walk walk) {
        this.walk = walk;
    }

    /** Begins a pass. */
    void begin(PairPass newPass) {
        pass = newPass;
        Pair pair = newPass.pair();
        switch (newPass.part) {
            case ALL -> walk.begin(newPass, 0, PairPass.TO_THE_END);
            case FIRST -> {
                newPass.begin = pair.resumeAt();
                walk.begin(newPass, newPass.begin, PairPass.TO_THE_END);
            }
            case SECOND, RANGE -> walk.begin(newPass, newPass.begin, newPass.end);
        }
    }

    PairPass pass() {
        return Objects.requireNonNull(pass);
    }

    boolean isUnderWay() {
        return pass != null;
    }

    /** The walk has ended: books how far a pass with a target has come, and acknowledges. */
    void end() {
        PairPass ended = pass();
        Pair pair = ended.pair();
        if (ended.part == PairPass.Part.FIRST || ended.part == PairPass.Part.SECOND) {
            boolean isAtTheEnd = walk.isAtTheEnd();
            pair.resumeAt(isAtTheEnd ? 0 : walk.position());
            if (isAtTheEnd) {
                pair.servedIn(ended.number);
            }
        }
        pass = null;
        pair.exit();
        ended.acknowledge(true);
    }

    /** The pair's new visitor goes on with what is under way. */
    void handOver() {
        PairPass left = pass();
        walk.handOver();
        pass = null;
        left.pair().exit();
        left.acknowledge(false);
    }

    /** Gives it up: something is wrong with it. */
    void drop() {
        PairPass dropped = pass();
        pass = null;
        dropped.pair().exit();
        dropped.acknowledge(false);
    }

    /** Whether {@link #goOn} is to be sent; it is under way from then on. */
    boolean wantsGoOn() {
        boolean wanted = !goOnSent;
        goOnSent = true;
        return wanted;
    }

    /** {@link #goOn} has come. */
    void goesOn() {
        goOnSent = false;
    }

    /** Whether it can be used for another pass. */
    boolean isFree() {
        return pass == null && !goOnSent;
    }
}
