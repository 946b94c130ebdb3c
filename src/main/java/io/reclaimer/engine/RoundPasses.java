package io.reclaimer.engine;

import akka.actor.typed.ActorRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The passes of one round: whom each is sent to, who has acknowledged, and who is late. Confined to the round's actor, which
 * brings the acknowledgements and the time.
 *
 * <p>A pass goes to all dirty pairs of the subtree, as many at a time as {@link #WINDOW}. In a round with a target it begins in
 * each pair where the last such round stopped, with the pairs that were not served for longest; what lies before that place has
 * its turn when all others have had theirs.
 *
 * <p>A pair that has not acknowledged is late when the round says so ({@link #passOverLate}). It is waited for no more, and asked
 * again, at the priority of then, when it has acknowledged or has another visitor.
 */
final class RoundPasses {

    /**
     * How many pairs are asked before the first has acknowledged. Enough to keep all threads busy; small, so that a round that
     * meets its target early has not been to everybody.
     */
    static final int WINDOW = 512;

    /**
     * How many pairs a pass with a target asks one by one, before it asks twice as many with each acknowledgement. So a small
     * target is met by those whose turn it is, and by nobody who was asked beside them.
     */
    private static final int ONE_BY_ONE = 8;

    /**
     * After how many acknowledgements the round is woken while it has more pairs to ask. Few, so that slow pairs do not keep
     * others waiting; not one, for waking costs as much as a small pair's whole part.
     */
    private static final int WAKE_AFTER = 128;

    /** A part of a pass that is sent after all first parts. */
    private record Remainder(Pair pair, PairPass.Part part, long begin, long end) {}

    private final Published published;
    private final RoundSpec spec;
    private final CgroupHandle top;
    private final RoundWork work;
    private final PassAnswers answers;
    private final Consumer<Visitor> watch;

    private final DirtyPairs pairs = new DirtyPairs();
    private int next;
    private final Deque<Remainder> remainders = new ArrayDeque<>();

    /** Not asked in this pass, because they were late when their turn came. */
    private final Set<Pair> skipped = new HashSet<>();

    /** Sent and not acknowledged, but for those that are late. */
    private final List<PairPass> outstanding = new ArrayList<>();

    /** Sent in an earlier pass, or long ago in this one, and not acknowledged. */
    private final List<PairPass> late = new ArrayList<>();

    /** Those of {@link #late}. */
    private final Set<Visitor> lateVisitors = new HashSet<>();

    /** Acknowledged: used again. */
    private final List<PairPass> spare = new ArrayList<>();

    /** How many may be outstanding now: {@link #WINDOW}, or fewer at the beginning of a pass with a target. */
    private int window = WINDOW;

    /** How many have acknowledged this pass. */
    private int acknowledged;

    /** Whether this pass was sent to a pair. */
    private boolean askedSomebody;

    /** How many first parts are outstanding. */
    private int firstParts;

    private int priority;
    private long number;
    private boolean progress;

    /** @param watch has the round hear when a visitor has ended, which then acknowledges nothing any more */
    RoundPasses(
            Published published,
            RoundSpec spec,
            CgroupHandle top,
            RoundWork work,
            PassAnswers answers,
            Consumer<Visitor> watch) {
        this.published = published;
        this.spec = spec;
        this.top = top;
        this.work = work;
        this.answers = answers;
        this.watch = watch;
    }

    /** Begins a pass. */
    void begin(int atPriority) {
        priority = atPriority;
        number = published.nextPass();
        next = 0;
        remainders.clear();
        skipped.clear();
        pairs.clear();
        long now = published.nanoTime().getAsLong();
        for (int node : spec.nodes()) {
            Pair pair = top.isOnline() ? top.pair(node) : null;
            if (pair != null) {
                pairs.addDirty(pair, !spec.alone(), now);
            }
        }
        acknowledged = 0;
        askedSomebody = false;
        window = work.hasTarget() ? 1 : WINDOW;
        if (work.hasTarget()) {
            pairs.sortByLastServed();
        }
    }

    /** Sends the pass on, as far as the window allows, and has the round woken when it can go on. */
    void goOn() {
        do {
            takeAnswers();
            send();
        } while (!isSilent() && answers.await(answersToWakeAt()));
    }

    private boolean isSilent() {
        return outstanding.isEmpty() && late.isEmpty();
    }

    private int answersToWakeAt() {
        if (outstanding.isEmpty()) {
            return 1;
        }
        return hasMore() ? Math.min(outstanding.size(), Math.min(window, WAKE_AFTER)) : outstanding.size();
    }

    private boolean hasMore() {
        return next < pairs.size() || !remainders.isEmpty();
    }

    /** Whether everybody was asked in this pass, and those that are not late have acknowledged. */
    boolean isOver() {
        return outstanding.isEmpty() && (work.isStopped() || !hasMore());
    }

    private void send() {
        while (hasMore() && outstanding.size() < window && !work.isStopped()) {
            if (next < pairs.size()) {
                Pair pair = pairs.get(next++);
                if (lateVisitors.isEmpty() || !lateVisitors.contains(pair.visitor())) {
                    send(pair, work.hasTarget() ? PairPass.Part.FIRST : PairPass.Part.ALL, 0, PairPass.TO_THE_END);
                } else {
                    skipped.add(pair);
                }
            } else {
                Remainder remainder = remainders.element();
                if (remainder.part() == PairPass.Part.SECOND && firstParts > 0) {
                    return;
                }
                remainders.remove();
                send(remainder.pair(), remainder.part(), remainder.begin(), remainder.end());
            }
        }
    }

    private void send(Pair pair, PairPass.Part part, long begin, long end) {
        PairPass pass = spare.isEmpty() ? new PairPass(answers, work) : spare.remove(spare.size() - 1);
        Visitor visitor = pair.visitor();
        pass.ask(pair, visitor, priority, number).part(part, begin, end);
        pass.place = outstanding.size();
        outstanding.add(pass);
        firstParts += part == PairPass.Part.FIRST ? 1 : 0;
        askedSomebody = true;
        visitor.tell(pass);
        if (pair.gone || pair.visitor() != visitor) {
            // The visitor may have ended before the message came. Whoever takes the pair out, or gives it a new
            // visitor,
            // writes that before the old visitor is told to end. So either this sees it, and the end of the visitor is
            // signalled, or the visitor acknowledges the pass.
            drop(pass);
            passOver(pass);
            askIfReplaced(pass);
        }
    }

    /** Takes the acknowledgements that have come. */
    void takeAnswers() {
        for (PairPass pass = answers.take(); pass != null; ) {
            PairPass after = pass.before;
            pass.before = null;
            acknowledged(pass);
            pass = after;
        }
    }

    private void acknowledged(PairPass pass) {
        progress = true;
        acknowledged++;
        if (acknowledged >= ONE_BY_ONE) {
            window = Math.min(WINDOW, 2 * window);
        }
        if (pass.place >= 0) {
            drop(pass);
        } else if (late.remove(pass)) {
            forgetLateVisitor(pass.visitor());
            askSkipped(pass.pair());
        } else {
            // Its visitor has ended, or so it was thought.
            return;
        }
        if (pass.number == number && !pass.isAskedAgain) {
            addRemainderOf(pass);
        }
        if (pass.clean) {
            pass.pair().unlistIfClean(published.nanoTime().getAsLong());
        }
        spare.add(pass);
    }

    private void drop(PairPass pass) {
        PairPass last = outstanding.remove(outstanding.size() - 1);
        if (last != pass) {
            last.place = pass.place;
            outstanding.set(pass.place, last);
        }
        pass.place = -1;
        firstParts -= pass.part == PairPass.Part.FIRST ? 1 : 0;
    }

    private void addRemainderOf(PairPass pass) {
        if (pass.visited) {
            addSecondOf(pass);
        } else if (pass.pair().visitor() != pass.visitor()) {
            askNewVisitor(pass);
        }
        // Otherwise the pair is gone: there is nothing left to do.
    }

    /** The visitor was replaced before the end of its part: what it did not come to is the new one's. */
    private void askNewVisitor(PairPass pass) {
        pass.isAskedAgain = true;
        long begin = Math.max(pass.begin, pass.position);
        remainders.addFirst(new Remainder(pass.pair(), PairPass.Part.RANGE, begin, pass.end));
        addSecondOf(pass);
    }

    private void addSecondOf(PairPass pass) {
        if (pass.part == PairPass.Part.FIRST && pass.begin > 0) {
            remainders.addLast(new Remainder(pass.pair(), PairPass.Part.SECOND, 0, pass.begin));
        }
    }

    /** It has come back, unless another pass that it was sent is late as well. */
    private void forgetLateVisitor(Visitor visitor) {
        if (late.stream().noneMatch(other -> other.visitor() == visitor)) {
            lateVisitors.remove(visitor);
        }
    }

    /** A pair that was late when its turn came is not any more. */
    private void askSkipped(Pair pair) {
        if (skipped.remove(pair)) {
            remainders.addFirst(new Remainder(pair, PairPass.Part.ALL, 0, PairPass.TO_THE_END));
        }
    }

    /** Whether somebody acknowledged since this was asked last. */
    boolean madeProgress() {
        boolean was = progress;
        progress = false;
        return was;
    }

    /** Asks as many as may be outstanding from now on: who is slow keeps no others waiting. */
    void openWindow() {
        window = WINDOW;
    }

    /** Waits no more for those who have not acknowledged until now. */
    void passOverLate() {
        outstanding.forEach(this::passOver);
        outstanding.clear();
        firstParts = 0;
    }

    private void passOver(PairPass pass) {
        pass.place = -1;
        late.add(pass);
        lateVisitors.add(pass.visitor());
        watch.accept(pass.visitor());
    }

    /** Asks nobody more in this pass. */
    void cutShort() {
        next = pairs.size();
        remainders.clear();
    }

    /** Asks the pairs again whose visitor was stuck, and that have a new one. */
    void askReplaced() {
        late.forEach(this::askIfReplaced);
    }

    private void askIfReplaced(PairPass pass) {
        Pair pair = pass.pair();
        if (pass.isAskedAgain || pair.visitor() == pass.visitor()) {
            return;
        }
        if (pass.number == number) {
            // What was visited before the visitor got stuck has had its turn in this pass.
            askNewVisitor(pass);
        } else {
            pass.isAskedAgain = true;
            askSkipped(pair);
        }
    }

    /** A visitor has ended: what it was asked it will not acknowledge any more. */
    void ended(ActorRef<?> visitor) {
        late.removeIf(pass -> {
            boolean ended = pass.visitor().ref().equals(visitor);
            if (ended) {
                askIfReplaced(pass);
                lateVisitors.remove(pass.visitor());
            }
            return ended;
        });
    }

    /** Asks a shrinker that was late when its turn came, if that was in this pass. */
    void askSkipped(Pair pair, ShrinkerEntry entry, long skippedIn) {
        if (skippedIn == number) {
            long place = pair.isRoot() ? entry.order() : entry.id();
            remainders.addFirst(new Remainder(pair, PairPass.Part.RANGE, place, place + 1));
        }
    }

    /** Whether all that it has to ask are late, so that a pass at a lower priority would find nobody either. */
    boolean isEverybodyLate() {
        return !askedSomebody && !skipped.isEmpty();
    }

    /** How many pairs have not acknowledged an earlier pass, or this one for long. */
    int lateCount() {
        return late.size();
    }
}
