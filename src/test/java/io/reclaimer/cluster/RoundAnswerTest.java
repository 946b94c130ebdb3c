package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ActorNotFound;
import akka.actor.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every request for a round is answered, even where it is invalid or its actor fails. Members alone, in no cluster. */
class RoundAnswerTest {

    private static final int NODES = ClusterMessage.MAX_NODES + 1;

    private static final String NAMES =
            IntStream.range(0, NODES).mapToObj(node -> "n" + node).collect(Collectors.joining(", "));

    private final ReclaimerTestSystem kit =
            ReclaimerTestSystem.start("reclaimer.nodes = [" + NAMES + "]\n" + Members.CONFIG);

    @AfterEach
    void close() {
        kit.close();
    }

    @Test
    void moreNodesThanAMessageMayNameAreRefused() {
        One one = new One(kit, ClusterMember.Interceptors.NONE);
        ReclaimRequest request = ReclaimRequest.everywhere().objects(1);
        assertThat(kit.refusal(one.cluster.reclaim(request.onNodes(nodes(NODES)))))
                .hasMessageContaining("[65] nodes")
                .hasMessageContaining("up to [64]")
                .extracting(ReclaimerException::reason)
                .isEqualTo(Reason.INVALID_REQUEST);
        assertThat(kit.await(one.cluster.reclaim(request.onNodes(nodes(NODES - 1))))
                        .members())
                .hasSize(1);
        assertThat(kit.await(one.cluster.reclaim(request)).members()).hasSize(1);
    }

    /** In the thread of the caller, whose stack trace shows the cause. */
    @Test
    void nullIsRefusedInTheCallerAndNamed() {
        ClusterReclaimer cluster = new One(kit, ClusterMember.Interceptors.NONE).cluster;
        ClusterRequest request = ClusterRequest.of(ReclaimRequest.everywhere());
        assertNullRefused("request", () -> cluster.reclaim((ReclaimRequest) null));
        assertNullRefused("request", () -> cluster.reclaim((ClusterRequest) null));
        assertNullRefused("request", () -> ClusterRequest.of(null));
        assertNullRefused("newRole", () -> request.onRole(null));
        assertNullRefused("names", () -> request.onMembers((String[]) null));
        assertNullRefused("names[1]", () -> request.onMembers("a:1", null));
        assertNullRefused("system", () -> ClusterReclaimer.get(null));
        assertNullRefused("config", () -> ClusterReclaimer.check(null));
    }

    @Test
    void namesOfARequestAreChecked() {
        ClusterRequest request = ClusterRequest.of(ReclaimRequest.everywhere());
        for (List<String> names : List.of(List.<String>of(), List.of("a:1", "a:1"))) {
            assertThatThrownBy(() -> request.onMembers(names.toArray(String[]::new)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(names.toString());
        }
        String[] many =
                IntStream.rangeClosed(0, 100_000).mapToObj(Integer::toString).toArray(String[]::new);
        assertThatThrownBy(() -> request.onMembers(many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[100001]")
                .hasMessageContaining("[100000] or less");
    }

    /** A request that was not checked. */
    @Test
    void roundWhoseActorThrowsWhereItIsMadeFailsAndSaysWhy() {
        kit.expectError("");
        RoundParameters parameters = new RoundParameters(
                1,
                ReclaimRequest.in("/shop").objects(1),
                kit.reclaimer().settings().nodes(),
                Map.of("a:1", Presence.HERE),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                new RoundParameters.Sender(kit.system().ignoreRef(), 1));
        CompletableFuture<ClusterReport> result = new CompletableFuture<>();
        kit.testKit()
                .spawn(ClusterRound.create(
                        parameters, List.of(Optional.of(kit.system().ignoreRef())), result));
        ReclaimerException failure = kit.refusal(result);
        assertThat(failure.reason()).isEqualTo(Reason.FAILED);
        assertThat(failure).hasMessageContaining("[/shop]").hasMessageContaining("nodes is [65]; allowed is up to 64");
    }

    /** While a part is under way, which is told that the round is over. */
    @Test
    void roundWhoseActorThrowsInAMessageFailsAndSaysWhy() {
        kit.expectError("");
        One one = new One(kit, ClusterMember.Interceptors.NONE);
        Gate gate = new Gate();
        one.cache("/shop", Scripted.stuck(1_000, gate));
        CompletionStage<ClusterReport> round =
                one.cluster.reclaim(ReclaimRequest.in("/shop").objects(10).within(Duration.ofMinutes(1)));
        gate.awaitEntered();
        // A presence is never null: the coordinator throws.
        Adapter.toClassic(kit.system())
                .actorSelection(ClusterMember.PATH + "/*")
                .tell(new ClusterRound.PresenceChanged(one.name(), null), ActorRef.noSender());
        assertThat(kit.refusal(round).reason()).isEqualTo(Reason.FAILED);
        gate.open();
        Threads.until(() -> one.state().rounds() == 0 && one.state().parts() == 0);
        assertThat(kit.await(one.cluster.reclaim(ReclaimRequest.in("/shop"))).members())
                .hasSize(1);
    }

    @Test
    void roundWhoseActorEndsWithoutAnAnswerIsAnsweredByItsParent() {
        One one = new One(kit, new ClusterMember.Interceptors(member -> member, round -> Behaviors.stopped()));
        ReclaimerException failure =
                kit.refusal(one.cluster.reclaim(ReclaimRequest.in("/shop").within(Duration.ofMinutes(1))));
        assertThat(failure.reason()).isEqualTo(Reason.FAILED);
        assertThat(failure).hasMessageContaining("[/shop]").hasMessageContaining("ended without an answer");
        assertThat(one.state().rounds()).isZero();
    }

    /** The cluster actor ignores the request. */
    @Test
    void requestThatNobodyAnswersFailsSoonAfterItsDeadline() {
        One one = new One(kit, new ClusterMember.Interceptors(member -> Behaviors.ignore(), round -> round));
        ReclaimerException failure =
                kit.refusal(one.cluster.reclaim(ReclaimRequest.in("/shop").within(Duration.ofMillis(1))));
        assertThat(failure.reason()).isEqualTo(Reason.FAILED);
        assertThat(failure).hasMessageContaining("[PT0.001S]").hasMessageContaining("[PT5S]");
        assertThat(one.cluster.status().rounds()).isZero();
    }

    @Test
    void roundWhoseFutureIsCancelledEnds() {
        One one = new One(kit, ClusterMember.Interceptors.NONE);
        Gate gate = new Gate();
        ShrinkerHandle stuck = one.cache("/stuck", Scripted.stuck(1_000_000, gate));
        CompletableFuture<ClusterReport> round = one.cluster
                .reclaim(ReclaimRequest.in("/stuck").objects(1).within(Duration.ofDays(1)))
                .toCompletableFuture();
        gate.awaitEntered();
        round.cancel(false);
        Threads.until(() -> one.state().rounds() == 0, one::state);
        gate.open();
        kit.await(stuck.free());
        Threads.until(() -> one.state().parts() == 0, one::state);
    }

    @Test
    void moreRoundsThanAllowedAreRefused() {
        Members alone = Members.start(1, "reclaimer.cluster.max-rounds = 1", behavior -> behavior);
        One one = alone.first();
        Gate gate = new Gate();
        one.cache("/shop", Scripted.stuck(1_000, gate));
        CompletionStage<ClusterReport> running = one.cluster.reclaim(Members.shop(1));
        gate.awaitEntered();
        assertThat(one.kit.refusal(one.cluster.reclaim(Members.shop(1))))
                .hasMessageContaining("reclaimer.cluster.max-rounds")
                .extracting("reason")
                .isEqualTo(Reason.TOO_MANY_ROUNDS);
        gate.open();
        assertThat(Members.await(one, running).members()).hasSize(1);
        alone.end();
    }

    /** A table that is not enabled costs nothing. */
    @Test
    void tableIsEmptyUnlessItIsEnabled() {
        ReclaimerTestSystem own = ReclaimerTestSystem.start(Members.CONFIG + "reclaimer.cluster.table.enabled = off");
        ClusterReclaimer cluster = ClusterReclaimer.get(own.system());
        assertThat(own.await(cluster.reclaim(ReclaimRequest.everywhere())).members())
                .hasSize(1);
        assertThat(cluster.table().rows()).isEmpty();
        assertThat(cluster.table().lines()).as("the title").hasSize(1);
        CompletionStage<akka.actor.ActorRef> replica = Adapter.toClassic(own.system())
                .actorSelection("/system/" + TableReplica.NAME)
                .resolveOne(Members.PATIENCE);
        assertThatThrownBy(() -> replica.toCompletableFuture().join()).hasCauseInstanceOf(ActorNotFound.class);
        assertThat(ClusterSettings.of(ConfigFactory.load()).table().isEnabled())
                .as("by default")
                .isFalse();
        own.stop();
    }

    /** A member that is in no cluster yet. */
    @Test
    void oneAloneIsAClusterOfOne() {
        ReclaimerTestSystem own = ReclaimerTestSystem.start(Members.CONFIG);
        ClusterReclaimer alone = ClusterReclaimer.get(own.system());
        assertThat(ClusterReclaimer.get(own.system())).isSameAs(alone);
        ClusterReport report =
                own.await(alone.reclaim(ReclaimRequest.everywhere().objects(1)));
        assertThat(report.outcome()).isEqualTo(Outcome.TARGET_MISSED);
        assertThat(report.members()).extracting(ClusterReport.Member::member).containsExactly(alone.member());
        Threads.until(() -> alone.table().rows().size() == 1);
        own.stop();
        assertThat(own.refusal(alone.reclaim(ReclaimRequest.everywhere())).reason())
                .isEqualTo(Reason.SHUTTING_DOWN);
    }

    @Test
    void systemThatIsMadeForNoClusterIsRefused() {
        ReclaimerTestSystem own = ReclaimerTestSystem.start("");
        assertThatThrownBy(() -> ClusterReclaimer.get(own.system()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("akka.actor.provider is [local] but has to be cluster for rounds over a cluster");
        own.stop();
    }

    private static int[] nodes(int count) {
        return IntStream.range(0, count).toArray();
    }

    private static void assertNullRefused(String argument, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(argument);
    }
}
