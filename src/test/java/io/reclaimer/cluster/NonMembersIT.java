package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests of actor systems that are not or no longer members, over real sockets. */
class NonMembersIT {

    private static final String GOES_ON = "akka.cluster.run-coordinated-shutdown-when-down = off";

    private final MessageInterceptor intercepted = MessageInterceptor.replacing(Optional::of);
    private final Members members = Members.start(2, GOES_ON, intercepted);
    private final One first = members.first();
    private final Queue<ClusterMessage> answers = new ConcurrentLinkedQueue<>();
    private final ActorSystem<Void> other = ActorSystem.create(
            Behaviors.empty(), "other", ConfigFactory.parseString("""
                akka.actor.provider = remote
                akka.remote.warn-about-direct-use = off
                akka.remote.artery.canonical.hostname = "127.0.0.1"
                akka.remote.artery.canonical.port = 0
                akka.coordinated-shutdown.exit-jvm = off
                """).withFallback(ConfigFactory.load()));
    private final ActorRef<ClusterMessage> ref = other.systemActorOf(
            Behaviors.<ClusterMessage>receiveMessage(message -> {
                answers.add(message);
                return Behaviors.same();
            }),
            ClusterMember.NAME,
            Props.empty());

    @AfterEach
    void end() {
        other.terminate();
        members.end();
    }

    /** With or without a uid, of the sender or of a member. */
    @Test
    void requestsOfNonMembersDoNothingAndAreCountedAndLogged() {
        TableShrinker cache = first.cache("/shop", 10_000);
        long uid = Cluster.get(first.kit.system()).selfMember().uniqueAddress().longUid();
        LoggingTestKit.warn("no member of this cluster").withOccurrences(1).expect(first.kit.system(), () -> {
            long round = 70;
            for (long from : new long[] {0, 4_711, uid}) {
                round++;
                send(new Count(round, 0, "/shop", false, List.of(), List.of(), 60_000, 1_000, ref, from, false));
                send(new Reclaim(round, 0, 1, Long.MAX_VALUE, 12, 60_000_000, ref, from, 0));
            }
            Threads.until(() -> first.cluster.status().droppedRequests() >= 6);
            return null;
        });
        // This request is handled after the others.
        assertThat(first.reclaim(Members.shop(10)).outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(first.state().known()).isEqualTo(1);
        assertThat(cache.objects()).isGreaterThan(9_000);
        assertThat(answers).isEmpty();
        assertThat(first.cluster.status().droppedRequests()).isEqualTo(6);
        assertThat(members.get(1).cluster.status().droppedRequests()).isZero();
    }

    /** The sender would have to know the random number of the round; this one does. */
    @Test
    void cancelOfANonMemberEndsNoPart() {
        Gate gate = new Gate();
        first.cache("/shop", Members.gated(10_000, gate));
        CompletionStage<ClusterReport> round = first.cluster.reclaim(Members.shop(2_000));
        gate.awaitEntered();
        Reclaim part = intercepted.seen.stream()
                .filter(Reclaim.class::isInstance)
                .map(Reclaim.class::cast)
                .findFirst()
                .orElseThrow();
        send(new Cancel(part.round(), ref, 0));
        Threads.until(() -> first.cluster.status().droppedRequests() == 1);
        gate.open();
        assertThat(Members.await(first, round).outcome()).isEqualTo(Outcome.TARGET_REACHED);
    }

    /** Nobody is left who would use their result. */
    @Test
    void partsOfAMemberThatWasRemovedEnd() {
        One requester = members.add("");
        members.awaitAll();
        AtomicLong scans = new AtomicLong();
        first.cache("/shop", new Scripted(any -> 1_000_000_000, control -> {
            scans.incrementAndGet();
            return 1;
        }));
        CompletionStage<ClusterReport> round = requester.cluster.reclaim(
                ReclaimRequest.in("/shop").objects(1_000_000_000).within(Duration.ofHours(10)));
        Threads.until(() -> scans.get() > 10);
        assertThat(first.state().parts()).isEqualTo(1);
        Cluster.get(first.kit.system())
                .manager()
                .tell(new Down(Cluster.get(requester.kit.system()).selfMember().address()));
        Threads.until(() -> first.state().parts() == 0, first::state);
        assertThat(Members.await(requester, round).members()).hasSize(3);
        members.forget(requester);
        members.awaitAll();
    }

    private void send(ClusterMessage message) {
        ActorRefResolver.get(other)
                .<ClusterMessage>resolveActorRef(ActorRefResolver.get(first.kit.system())
                        .toSerializationFormat(first.cluster.ref().<ClusterMessage>narrow()))
                .tell(message);
    }
}
