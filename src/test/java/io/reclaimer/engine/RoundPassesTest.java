package io.reclaimer.engine;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import io.reclaimer.engine.call.ShrinkerEntry;
import io.reclaimer.engine.unit.ReclaimTarget;
import io.reclaimer.shrinker.CgroupPath;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Passes of a round over cgroups whose visitor is the test: the order in which they are asked. */
public class RoundPassesTest {

    private static final long TARGET = 1_000;
    private static final int PAIRS = 100;

    private final EngineContext engine = Parts.engine();
    private final ShrinkerEntry entry = Parts.entry(1, 1);
    private final CgroupHandle root = new CgroupHandle(CgroupPath.root(), null, null);
    private final Map<CgroupPerNode, TestInbox<CgroupNode.Command>> inboxes = new IdentityHashMap<>();
    private final List<CgroupPerNode> perNodes = new ArrayList<>();
    private final TestInbox<ReclaimRound.Command> round = TestInbox.create();

    public RoundPassesTest() {
        CgroupPerNode top = new CgroupPerNode(root, 0, null, 0);
        root.add(top);
        hasVisitor(top);
    }

    private void hasVisitor(CgroupPerNode perNode) {
        TestInbox<CgroupNode.Command> inbox = TestInbox.create();
        inboxes.put(perNode, inbox);
        perNode.visitBy(new Visitor(perNode).withActor(inbox.getRef()));
    }

    /** One more cgroup that has something to free. */
    private CgroupPerNode dirty() {
        CgroupHandle cgroup = new CgroupHandle(CgroupPath.of("/p" + perNodes.size()), root, null);
        CgroupPerNode perNode = new CgroupPerNode(cgroup, 0, root.onNode(0), 0);
        cgroup.add(perNode);
        hasVisitor(perNode);
        perNode.setBit(entry);
        perNodes.add(perNode);
        return perNode;
    }

    private RoundPasses passes(CgroupHandle top, Optional<ReclaimTarget> target) {
        RoundSpec spec = Parts.roundSpec(top.path(), target);
        return new RoundPasses(
                engine,
                spec.scope(),
                top,
                new RoundWork(spec, 10),
                new Acknowledgements(round.getRef()),
                visitor -> {});
    }

    private RoundPasses passes() {
        return passes(root, Optional.of(ReclaimTarget.objects(TARGET)));
    }

    private RoundPasses begunWithoutTarget() {
        RoundPasses passes = passes(root, Optional.empty());
        passes.begin(0);
        passes.goOn();
        return passes;
    }

    /** Requests that a cgroup was sent since the last time, to be acknowledged. */
    private List<PassRequest> asked(CgroupPerNode perNode) {
        return inboxes.get(perNode).getAllReceived().stream()
                .map(PassRequest.class::cast)
                .toList();
    }

    private List<PassRequest> askedOfAll() {
        return inboxes.keySet().stream()
                .flatMap(perNode -> asked(perNode).stream())
                .toList();
    }

    private PassRequest onlyOneAsked(CgroupPerNode perNode) {
        List<PassRequest> asked = asked(perNode);
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
            List<PassRequest> asked = askedOfAll();
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
        CgroupPerNode perNode = dirty();
        RoundPasses passes = passes();
        passes.begin(12);
        passes.openWindow();
        passes.goOn();
        PassRequest first = onlyOneAsked(perNode);
        assertThat(passes.areAllLate()).isFalse();
        passes.passOverLate();
        assertThat(passes.isOver()).isTrue();
        passes.begin(11);
        passes.goOn();
        assertThat(passes.isOver()).isTrue();
        assertThat(passes.areAllLate()).isTrue();
        first.acknowledge(true);
        passes.goOn();
        assertThat(onlyOneAsked(perNode).priority).isEqualTo(11);
        assertThat(passes.areAllLate()).isFalse();
    }

    @Test
    public void passThatFindsNobodyIsNotOneOfLatePairs() {
        CgroupHandle empty = new CgroupHandle(CgroupPath.of("/empty"), root, null);
        RoundPasses passes = passes(empty, Optional.of(ReclaimTarget.objects(1)));
        passes.begin(12);
        passes.goOn();
        assertThat(passes.isOver()).isTrue();
        assertThat(passes.areAllLate()).isFalse();
    }

    /**
     * The request says how far the visitor came. The new visitor goes on from there, and no shrinker is asked twice in
     * a pass.
     */
    @Test
    public void whatAReplacedVisitorDidNotComeToIsAskedOfTheNewOne() {
        CgroupPerNode perNode = dirty();
        RoundPasses passes = begunWithoutTarget();
        PassRequest left = onlyOneAsked(perNode);
        left.position = 7;
        hasVisitor(perNode);
        left.acknowledge(false);
        passes.goOn();
        PassRequest again = onlyOneAsked(perNode);
        assertThat(again.part).isEqualTo(PassRequest.Part.RANGE);
        assertThat(again.begin).isEqualTo(7);
        assertThat(again.end).isEqualTo(PassRequest.TO_THE_END);
    }

    @Test
    public void replacedVisitorThatIsLateIsPassedByOnce() {
        CgroupPerNode perNode = dirty();
        RoundPasses passes = begunWithoutTarget();
        PassRequest late = onlyOneAsked(perNode);
        passes.passOverLate();
        late.position = 7;
        hasVisitor(perNode);
        passes.askReplaced();
        passes.goOn();
        assertThat(onlyOneAsked(perNode).begin).isEqualTo(7);
        // It acknowledges after all. The new visitor was asked before.
        late.acknowledge(false);
        passes.askReplaced();
        passes.goOn();
        assertThat(asked(perNode)).isEmpty();
    }

    /** In a round with a target the first part began where the last round stopped. */
    @Test
    public void partBeforeThePlaceWhereALatePassBeganIsAskedWhenItHasCome() {
        CgroupPerNode perNode = dirty();
        RoundPasses passes = passes();
        passes.begin(12);
        passes.openWindow();
        passes.goOn();
        asked(root.onNode(0)).forEach(pass -> pass.acknowledge(true));
        PassRequest first = onlyOneAsked(perNode);
        assertThat(first.part).isEqualTo(PassRequest.Part.FIRST);
        first.begin = 5;
        passes.passOverLate();
        first.acknowledge(true);
        passes.goOn();
        PassRequest second = onlyOneAsked(perNode);
        assertThat(second.part).isEqualTo(PassRequest.Part.SECOND);
        assertThat(second.begin).isZero();
        assertThat(second.end).isEqualTo(5);
    }

    /** Its iteration has not come to the end, and the round is told so. */
    @Test
    public void visitorThatHandsItsPassOverHasNotVisitedAll() {
        CgroupPerNode perNode = dirty();
        RoundPasses passes = begunWithoutTarget();
        PassRequest pass = onlyOneAsked(perNode);
        NodePass run = new NodePass(new BitmapIteration(engine));
        assertThat(perNode.enter()).isTrue();
        run.begin(pass);
        hasVisitor(perNode);
        run.handOver();
        assertThat(run.isUnderWay()).isFalse();
        assertThat(perNode.isInUse()).isFalse();
        passes.goOn();
        assertThat(onlyOneAsked(perNode).end).isEqualTo(PassRequest.TO_THE_END);
    }
}
