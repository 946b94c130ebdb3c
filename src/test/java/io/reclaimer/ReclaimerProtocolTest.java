package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The public API as messages: each request is answered once, also with errors. */
class ReclaimerProtocolTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create();

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup();
    private final CgroupPath path = CgroupPath.of("/a");

    @Test
    void everyMessageIsAnswered() {
        Cgroup a = this.<Cgroup>ask(replyTo -> new ReclaimerProtocol.Online(path, replyTo))
                .getValue();
        assertThat(a.path()).isEqualTo(path);
        ShrinkerHandle handle = this.<ShrinkerHandle>ask(
                        replyTo -> new ReclaimerProtocol.Allocate(spec, Scripted.endless(10), replyTo))
                .getValue();
        assertThat(this.<ShrinkerHandle>ask(replyTo -> new ReclaimerProtocol.Register(handle, replyTo))
                        .getValue())
                .isSameAs(handle);
        handle.setBit(a, 0);
        ReclaimerState state =
                this.<ReclaimerState>ask(ReclaimerProtocol.GetState::new).getValue();
        assertThat(state.cgroups())
                .extracting(ReclaimerState.CgroupState::cgroup)
                .contains(path);
        ReclaimReport report = this.<ReclaimReport>ask(replyTo ->
                        new ReclaimerProtocol.Reclaim(ReclaimRequest.in(path).startingAt(0), replyTo))
                .getValue();
        assertThat(report.freedObjects()).isEqualTo(20);
        assertThat(this.<Done>ask(replyTo -> new ReclaimerProtocol.Free(handle, replyTo))
                        .isSuccess())
                .isTrue();
        assertThat(this.<Done>ask(replyTo -> new ReclaimerProtocol.Offline(path, replyTo))
                        .isSuccess())
                .isTrue();
        assertThat(a.isOnline()).isFalse();
    }

    @Test
    void cgroupComesOnlineWithItsParentsAndAnAsyncShrinkerIsAllocated() {
        CgroupPath deep = path.child("b").child("c");
        Cgroup c = this.<Cgroup>ask(replyTo -> new ReclaimerProtocol.OnlineWithParents(deep, replyTo))
                .getValue();
        ShrinkerHandle handle = this.<ShrinkerHandle>ask(replyTo -> new ReclaimerProtocol.AllocateAsync(
                        spec, Kind.async(Scripted.endless(10), Runnable::run), replyTo))
                .getValue();
        KIT.await(handle.register());
        handle.setBit(c, "heap");
        ReclaimReport report = this.<ReclaimReport>ask(replyTo -> new ReclaimerProtocol.Reclaim(
                        ReclaimRequest.in(deep).onNodes("heap").startingAt(0), replyTo))
                .getValue();
        assertThat(report.freedObjects()).isEqualTo(20);
    }

    @Test
    void refusalsAreErrorsThatHoldTheReason() {
        assertRefused(
                Reason.PARENT_NOT_ONLINE,
                this.<Cgroup>ask(replyTo -> new ReclaimerProtocol.Online(path.child("b"), replyTo)));
        assertRefused(Reason.NOT_ONLINE, this.<Done>ask(replyTo -> new ReclaimerProtocol.Offline(path, replyTo)));
        assertRefused(
                Reason.NO_SUCH_NODE,
                this.<ReclaimReport>ask(replyTo -> new ReclaimerProtocol.Reclaim(
                        ReclaimRequest.everywhere().onNodes(7), replyTo)));
        assertRefused(
                Reason.NO_SUCH_NODE,
                this.<ReclaimReport>ask(replyTo -> new ReclaimerProtocol.Reclaim(
                        ReclaimRequest.everywhere().onNodes("disk"), replyTo)));
        ShrinkerHandle handle = KIT.register(spec, Scripted.endless(10));
        assertRefused(
                Reason.ALREADY_REGISTERED,
                this.<ShrinkerHandle>ask(replyTo -> new ReclaimerProtocol.Register(handle, replyTo)));
        KIT.await(handle.free());
        assertRefused(
                Reason.ALREADY_FREED,
                this.<ShrinkerHandle>ask(replyTo -> new ReclaimerProtocol.Register(handle, replyTo)));
    }

    private <T> StatusReply<T> ask(Function<ActorRef<StatusReply<T>>, ReclaimerProtocol.Command> message) {
        TestProbe<StatusReply<T>> probe = KIT.testKit().createTestProbe();
        KIT.reclaimer().ref().tell(message.apply(probe.ref()));
        return probe.receiveMessage(PATIENCE);
    }

    private static void assertRefused(Reason reason, StatusReply<?> reply) {
        assertThat(reply.isError()).isTrue();
        assertThat(reply.getError())
                .isInstanceOfSatisfying(
                        ReclaimerException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
