package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import io.reclaimer.shrinker.CgroupPath;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Passes of a round over pairs that answer when the test says so: the order in which they are asked. */
public class RoundPassesTest {

    private static final long TARGET = 1_000;
    private static final int PAIRS = 100;

    private final Published published = Parts.published();
    private final ShrinkerEntry entry = Parts.entry(1, 1);
    private final CgroupHandle root = new CgroupHandle(CgroupPath.root(), null, null);
    private final Map<Pair, TestInbox<CgroupNode.Command>> inboxes = new IdentityHashMap<>();
    private final List<Pair> pairs = new ArrayList<>();
    private final TestInbox<ReclaimRound.Command> round = TestInbox.create();

    public RoundPassesTest() {
        Pair top = new Pair(root, 0, null, 0);
        root.addPair(top);
        hasVisitor(top);
    }

    private void hasVisitor(Pair pair) {
        TestInbox<CgroupNode.Command> inbox = TestInbox.create();
        inboxes.put(pair, inbox);
        pair.visitedBy(new Visitor(pair).is(inbox.getRef()));
    }

    /** One more with something to free, that is. */
    private Pair dirty() {
        CgroupHandle cgroup = new CgroupHandle(CgroupPath.of("/p" + pairs.size()), root, null);
        Pair pair = new Pair(cgroup, 0, root.pair(0), 0);
        cgroup.addPair(pair);
        hasVisitor(pair);
        pair.set(entry);
        pairs.add(pair);
        return pair;
    }

    private RoundPasses passes(Optional<ReclaimTarget> target) {
        RoundSpec spec = Parts.roundSpec(CgroupPath.root(), target);
        return new RoundPasses(
                published, spec, root, RoundWork.of(spec, 10), new PassAnswers(round.getRef()), visitor -> {});
    }

    private RoundPasses passes() {
        return passes(Optional.of(ReclaimTarget.objects(TARGET)));
    }

    /** Passes that a pair was sent since the last time, to be acknowledged. */
    private List<PairPass> asked(Pair pair) {
        return inboxes.get(pair).getAllReceived().stream()
                .map(PairPass.class::cast)
                .toList();
    }

    private List<PairPass> askedOfAll() {
        return inboxes.keySet().stream().flatMap(pair -> asked(pair).stream()).toList();
    }

    private PairPass onlyOneAsked(Pair pair) {
        List<PairPass> asked = asked(pair);
        assertThat(asked).hasSize(1);
        return asked.get(0);
    }

    @Test
    public void smallTargetIsNotAskedOfManyAtOnce() {
        for (int i = 0; i < PAIRS; i++) {
            dirty();
        }
        RoundPasses passes = passes();
        passes.begin(12);
        for (int i = 0; i < 7; i++) {
            passes.goOn();
            List<PairPass> asked = askedOfAll();
            assertThat(asked).hasSize(1);
            asked.get(0).acknowledge(true);
        }
    }

    @Test
    public void thoseBehindASlowPairAreAskedWhenItIsTimeToLookForLateOnes() {
        for (int i = 0; i < PAIRS; i++) {
            dirty();
        }
        RoundPasses passes = passes();
        passes.begin(12);
        passes.goOn();
        assertThat(askedOfAll()).hasSize(1);
        passes.openWindow();
        passes.goOn();
        assertThat(askedOfAll()).as("All others, and the root").hasSize(PAIRS);
    }

    @Test
    public void passThatFindsEverybodyLateHasAskedNobody() {
        Pair pair = dirty();
        RoundPasses passes = passes();
        passes.begin(12);
        passes.openWindow();
        passes.goOn();
        PairPass first = onlyOneAsked(pair);
        assertThat(passes.isEverybodyLate()).isFalse();
        passes.passOverLate();
        assertThat(passes.isOver()).isTrue();
        passes.begin(11);
        passes.goOn();
        assertThat(passes.isOver()).isTrue();
        assertThat(passes.isEverybodyLate()).isTrue();
        first.acknowledge(true);
        passes.goOn();
        assertThat(onlyOneAsked(pair).priority).isEqualTo(11);
        assertThat(passes.isEverybodyLate()).isFalse();
    }

    @Test
    public void passThatFindsNobodyIsNotOneOfLatePairs() {
        CgroupHandle empty = new CgroupHandle(CgroupPath.of("/empty"), root, null);
        RoundSpec spec = Parts.roundSpec(empty.path(), Optional.of(ReclaimTarget.objects(1)));
        RoundPasses passes = new RoundPasses(
                published, spec, empty, RoundWork.of(spec, 10), new PassAnswers(round.getRef()), visitor -> {});
        passes.begin(12);
        passes.goOn();
        assertThat(passes.isOver()).isTrue();
        assertThat(passes.isEverybodyLate()).isFalse();
    }

    /** The visitor says how far it came; its successor goes on from there, and no shrinker is asked twice in a pass. */
    @Test
    public void whatAReplacedVisitorDidNotComeToIsAskedOfTheNewOne() {
        Pair pair = dirty();
        RoundPasses passes = passes(Optional.empty());
        passes.begin(0);
        passes.goOn();
        PairPass left = onlyOneAsked(pair);
        left.position = 7;
        hasVisitor(pair);
        left.acknowledge(false);
        passes.goOn();
        PairPass again = onlyOneAsked(pair);
        assertThat(again.part).isEqualTo(PairPass.Part.RANGE);
        assertThat(again.begin).isEqualTo(7);
        assertThat(again.end).isEqualTo(PairPass.TO_THE_END);
    }

    @Test
    public void replacedVisitorThatIsLateIsPassedByOnce() {
        Pair pair = dirty();
        RoundPasses passes = passes(Optional.empty());
        passes.begin(0);
        passes.goOn();
        PairPass late = onlyOneAsked(pair);
        passes.passOverLate();
        late.position = 7;
        hasVisitor(pair);
        passes.askReplaced();
        passes.goOn();
        assertThat(onlyOneAsked(pair).begin).isEqualTo(7);
        // It acknowledges after all: that was asked already.
        late.acknowledge(false);
        passes.askReplaced();
        passes.goOn();
        assertThat(asked(pair)).isEmpty();
    }

    /** In a round with a target the first part began where the last round stopped. */
    @Test
    public void partBeforeThePlaceWhereALatePassBeganIsAskedWhenItHasCome() {
        Pair pair = dirty();
        RoundPasses passes = passes();
        passes.begin(12);
        passes.openWindow();
        passes.goOn();
        asked(root.pair(0)).forEach(pass -> pass.acknowledge(true));
        PairPass first = onlyOneAsked(pair);
        assertThat(first.part).isEqualTo(PairPass.Part.FIRST);
        first.begin = 5;
        passes.passOverLate();
        first.acknowledge(true);
        passes.goOn();
        PairPass second = onlyOneAsked(pair);
        assertThat(second.part).isEqualTo(PairPass.Part.SECOND);
        assertThat(second.begin).isZero();
        assertThat(second.end).isEqualTo(5);
    }

    /** Its walk has not come to the end: the round is to know. */
    @Test
    public void visitorThatHandsItsPassOverHasNotVisitedAll() {
        Pair pair = dirty();
        RoundPasses passes = passes(Optional.empty());
        passes.begin(0);
        passes.goOn();
        PairPass pass = onlyOneAsked(pair);
        PassRun run = new PassRun(new CgroupWalk(published));
        assertThat(pair.enter()).isTrue();
        run.begin(pass);
        hasVisitor(pair);
        run.handOver();
        assertThat(run.isUnderWay()).isFalse();
        assertThat(pair.isInUse()).isFalse();
        passes.goOn();
        assertThat(onlyOneAsked(pair).end).isEqualTo(PairPass.TO_THE_END);
    }
}
