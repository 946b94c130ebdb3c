package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.reclaimer.ShrinkerMessage;
import io.reclaimer.ShrinkerMessage.Answer;
import io.reclaimer.ShrinkerMessage.CountObjects;
import io.reclaimer.ShrinkerMessage.ObjectsCounted;
import io.reclaimer.ShrinkerMessage.ObjectsReparented;
import io.reclaimer.ShrinkerMessage.ObjectsScanned;
import io.reclaimer.ShrinkerMessage.ReparentObjects;
import io.reclaimer.ShrinkerMessage.ScanObjects;
import io.reclaimer.shrinker.CgroupPath;
import java.time.Duration;
import java.util.Set;

/** The reclaimer's part towards a shrinker that is an actor: makes calls, and awaits the answers. */
final class ShrinkerCaller {

    /** The timeout for events that must come. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final CgroupPath ROOT = CgroupPath.root();
    private static final long CALL = 7;

    private final ActorTestKit kit;
    private final ActorRef<ShrinkerMessage> shrinker;
    private final TestProbe<Answer> answers;

    ShrinkerCaller(ActorTestKit kit, ActorRef<?> shrinker) {
        this.kit = kit;
        this.shrinker = shrinker.unsafeUpcast();
        this.answers = kit.createTestProbe();
    }

    void startCount() {
        startCount(ROOT, 0);
    }

    private void startCount(CgroupPath cgroup, int node) {
        shrinker.tell(new CountObjects(cgroup, node, Set.of(), CALL, answers.ref()));
    }

    /** Awaits the next answer, which is to a count. */
    long counted() {
        ObjectsCounted answer = answers.expectMessageClass(ObjectsCounted.class, PATIENCE);
        assertThat(answer.call()).isEqualTo(CALL);
        return answer.objects();
    }

    void startScan(long objects) {
        startScan(ROOT, objects);
    }

    private void startScan(CgroupPath cgroup, long objects) {
        shrinker.tell(new ScanObjects(cgroup, 0, objects, Set.of(), CALL, answers.ref()));
    }

    /** Awaits the next answer, which is to a scan. */
    ObjectsScanned scanned() {
        ObjectsScanned answer = answers.expectMessageClass(ObjectsScanned.class, PATIENCE);
        assertThat(answer.call()).isEqualTo(CALL);
        return answer;
    }

    /** Awaits the next answer, which is to a scan. Returns the freed objects. */
    long freed() {
        return scanned().freed();
    }

    void expectNoAnswer() {
        answers.expectNoMessage(Duration.ZERO);
    }

    /** Counts, also while other calls are under way. */
    long count() {
        return count(ROOT, 0);
    }

    long count(CgroupPath cgroup, int node) {
        ShrinkerCaller other = new ShrinkerCaller(kit, shrinker);
        other.startCount(cgroup, node);
        return other.counted();
    }

    /** Counts until the answer is the expected one, because a test can't observe the end of an actor's work. */
    void awaitCount(long expected) {
        answers.awaitAssert(PATIENCE, () -> {
            assertThat(count()).isEqualTo(expected);
            return null;
        });
    }

    ObjectsScanned scan(CgroupPath cgroup, long objects) {
        startScan(cgroup, objects);
        return scanned();
    }

    /** Scans the root. Returns the freed objects. */
    long scan(long objects) {
        return scan(ROOT, objects).freed();
    }

    /** Returns the number of moved objects. */
    long reparent(CgroupPath offline, CgroupPath parent) {
        TestProbe<Answer> answer = kit.createTestProbe();
        shrinker.tell(new ReparentObjects(offline, parent, 0, CALL, answer.ref()));
        ObjectsReparented reparented = answer.expectMessageClass(ObjectsReparented.class, PATIENCE);
        assertThat(reparented.call()).isEqualTo(CALL);
        return reparented.moved();
    }
}
