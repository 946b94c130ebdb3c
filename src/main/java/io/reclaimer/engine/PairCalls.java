package io.reclaimer.engine;

import akka.actor.typed.javadsl.ActorContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The calls of one pair that are answered later: one at a time for each shrinker that does not say it is reentrant, each
 * with a deadline. One actor's.
 *
 * <p>A call that has not begun by its deadline (all threads for blocking calls are busy) goes on waiting, unless its round
 * is over, or its shrinker is stuck: then it is not made.
 */
final class PairCalls {

    private final ActorContext<CgroupNode.Command> context;
    private final Published published;
    private boolean answered;

    /** For each shrinker with a call under way those that wait for its end; none in a pair that never made one. */
    private Map<ShrinkerEntry, Deque<Call>> lanes = Map.of();

    PairCalls(ActorContext<CgroupNode.Command> context, Published published) {
        this.context = context;
        this.published = published;
    }

    /** Makes a call, now or when its turn comes. True where it ended at once; otherwise its owner hears of the end. */
    boolean make(Call call) {
        if (!call.entry.isReentrant()) {
            Deque<Call> waiting = lanes.get(call.entry);
            if (waiting != null) {
                waiting.add(call);
                return false;
            }
            if (lanes.isEmpty()) {
                lanes = new IdentityHashMap<>(4);
            }
            lanes.put(call.entry, new ArrayDeque<>(2));
        }
        if (start(call)) {
            next(call.entry);
            return true;
        }
        return false;
    }

    /** A call ended that had not ended at once: its owner hears of it, and the next one begins. */
    void ended(Call call) {
        if (call.deadline != null) {
            call.deadline.cancel();
        }
        if (!call.entry.isReentrant()) {
            next(call.entry);
        }
        call.owner.ended(call);
        answered = true;
    }

    /** Whether a call ended since this was asked: what waited for it can go on. */
    boolean tookAnswers() {
        boolean was = answered;
        answered = false;
        return was;
    }

    /** The time of a call is over. */
    void late(Call call) {
        long allowed = call.entry.callDeadline().toNanos();
        if (!call.isStarted()) {
            if (!call.isCancelled() && !call.entry.isStuck()) {
                awaitUntil(call, allowed);
            } else if (call.giveUp(Call.Unanswered.NOT_MADE)) {
                call.entry.giveUp(call);
                ended(call);
            }
            return;
        }
        long left = call.startNanos() + allowed - published.nanoTime().getAsLong();
        if (left > 0) {
            awaitUntil(call, left);
        } else if (call.giveUp(Call.Unanswered.OVERDUE)) {
            call.entry.giveUp(call);
            ended(call);
        }
    }

    private boolean start(Call call) {
        if (call.isCancelled()) {
            call.dropped();
            return true;
        }
        call.entry.make(call);
        if (!call.isToBeAwaited()) {
            return true;
        }
        awaitUntil(call, call.entry.callDeadline().toNanos());
        return false;
    }

    private void next(ShrinkerEntry entry) {
        Deque<Call> waiting = lanes.get(entry);
        if (waiting == null) {
            return;
        }
        Call next = waiting.poll();
        if (next == null) {
            lanes.remove(entry);
        } else if (start(next)) {
            // Its owner is another visit than that of who came before, so this goes no deeper than there are visits.
            ended(next);
        }
    }

    private void awaitUntil(Call call, long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
        call.deadline =
                context.scheduleOnce(Duration.ofMillis(millis), context.getSelf(), new CgroupNode.CallLate(call));
    }
}
