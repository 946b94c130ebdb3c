package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.cluster.ClusterEvent;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;
import akka.cluster.typed.SelfRemoved;
import akka.util.Version;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import io.reclaimer.cluster.Roster.ClusterChanged;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.testkit.ReclaimerTestSystem;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.jdk.javaapi.CollectionConverters;

/** The members that a member knows; the changes of the cluster are the test's. */
class RosterTest {

    private static final long SELF = 1;
    private static final long OTHER = 2;
    private static final long MATE = 3;

    private static ReclaimerTestSystem kit;

    private Roster roster;

    @BeforeAll
    static void start() {
        kit = ReclaimerTestSystem.start(Members.CONFIG);
    }

    @AfterAll
    static void stop() {
        kit.stop();
    }

    @BeforeEach
    void join() {
        roster = new Roster(member("self", SELF, MemberStatus.up()), own());
        is("self", SELF, MemberStatus.up());
        is("other", OTHER, MemberStatus.up());
        is("mate", MATE, MemberStatus.up());
    }

    @Test
    void requestOfAMemberIsOfThatMember() {
        assertThat(roster.requester(ref("other"), OTHER)).contains(new Requester(OTHER, false));
        assertThat(roster.requester(own(), SELF)).contains(new Requester(SELF, true));
    }

    /** A message states the uid of its sender; one that states another member's is dropped. */
    @Test
    void requestInTheNameOfAnotherMemberIsNobodys() {
        assertThat(roster.requester(ref("mate"), OTHER)).isEmpty();
        assertThat(roster.requester(ref("mate"), SELF)).isEmpty();
        assertThat(roster.requester(own(), OTHER)).isEmpty();
    }

    @Test
    void requestOfAnActorSystemThatIsNoMemberIsNobodys() {
        assertThat(roster.requester(ref("stranger"), 77)).isEmpty();
        assertThat(roster.requester(ref("stranger"), OTHER)).isEmpty();
        assertThat(roster.requester(ref("stranger"), 0)).isEmpty();
        assertThat(roster.requester(ref("bookshop", "other"), 0)).isEmpty();
        assertThat(roster.requester(ref("bookshop", "other"), OTHER)).isEmpty();
    }

    /** The actor system that sent the request has ended. */
    @Test
    void requestOfTheLifeBeforeARestartIsNobodys() {
        assertThat(roster.requester(ref("other"), OTHER + 10)).isEmpty();
        gone("other", OTHER);
        is("other", OTHER + 10, MemberStatus.up());
        assertThat(roster.requester(ref("other"), OTHER)).isEmpty();
        assertThat(roster.requester(ref("other"), OTHER + 10)).isPresent();
    }

    /** Version 1 does not send its uid. */
    @Test
    void requestOfTheVersionBeforeIsOfTheMemberOfItsAddress() {
        assertThat(roster.requester(ref("other"), 0)).contains(new Requester(OTHER, false));
        assertThat(roster.requester(own(), 0))
                .as("this member is of this version")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Joining", "WeaklyUp", "Up", "Leaving", "Exiting", "Down", "PreparingForShutdown"})
    void memberIsOneUntilItIsRemoved(String status) {
        is("other", OTHER, status(status));
        assertThat(roster.requester(ref("other"), OTHER)).isPresent();
        gone("other", OTHER);
        assertThat(roster.requester(ref("other"), OTHER)).isEmpty();
        assertThat(roster.requester(ref("other"), 0)).isEmpty();
    }

    @Test
    void removedMembersAreKnownByTheirUids() {
        Roster.Change gone = removed("other", OTHER);
        assertThat(roster.removedUids(gone)).containsExactly(OTHER);
        roster.apply(gone);
        assertThat(roster.removedUids(new ClusterChanged(new SelfRemoved(MemberStatus.up()))))
                .containsExactly(MATE);
        roster.apply(new ClusterChanged(new SelfRemoved(MemberStatus.up())));
        assertThat(roster.requester(ref("mate"), MATE)).isEmpty();
        assertThat(roster.requester(own(), SELF)).isPresent();
    }

    /** In every status, and also before this member is up. */
    @ParameterizedTest
    @CsvSource({
        "Joining, JOINING",
        "WeaklyUp, HERE",
        "Up, HERE",
        "Leaving, LEAVING",
        "Exiting, LEAVING",
        "Down, DOWN",
        "PreparingForShutdown, CLUSTER_ENDS",
        "ReadyForShutdown, CLUSTER_ENDS"
    })
    void everyMemberIsInTheReportWithHowItStands(String status, Presence presence) {
        refs("other", "mate");
        is("self", SELF, MemberStatus.joining());
        is("other", OTHER, status(status));
        roster.apply(new ClusterChanged(new ClusterEvent.UnreachableMember(member("mate", MATE, MemberStatus.up()))));
        ClusterRequest all = ClusterRequest.of(ReclaimRequest.everywhere());
        assertThat(roster.candidates(all))
                .containsExactly(
                        Map.entry("mate:25520", Presence.UNREACHABLE),
                        Map.entry("other:25520", presence),
                        Map.entry("self:25520", Presence.HERE));
        assertThat(roster.candidates(all.onRole("cache"))).hasSize(3);
        assertThat(roster.candidates(all.onRole("web"))).isEmpty();
        assertThat(roster.candidates(all.onMembers("other:25520", "nobody:1")))
                .containsExactly(Map.entry("other:25520", presence), Map.entry("nobody:1", Presence.GONE));
    }

    @Test
    void memberWithoutAReclaimerIsInTheReportWithTheReason() {
        refs("other");
        assertThat(roster.candidates(ClusterRequest.of(ReclaimRequest.everywhere())))
                .containsExactly(
                        Map.entry("mate:25520", Presence.WITHOUT_RECLAIMER),
                        Map.entry("other:25520", Presence.HERE),
                        Map.entry("self:25520", Presence.HERE));
    }

    private void refs(String... hosts) {
        roster.apply(new Roster.Participating(
                Arrays.stream(hosts).map(RosterTest::ref).collect(Collectors.toSet())));
    }

    private void is(String host, long uid, MemberStatus status) {
        Member member = member(host, uid, status);
        roster.apply(new ClusterChanged((ClusterEvent.MemberEvent) () -> member));
    }

    private void gone(String host, long uid) {
        roster.apply(removed(host, uid));
    }

    private static ClusterChanged removed(String host, long uid) {
        Member member = member(host, uid, MemberStatus.removed());
        return new ClusterChanged(new ClusterEvent.MemberRemoved(member, MemberStatus.exiting()));
    }

    private static MemberStatus status(String name) {
        return switch (name) {
            case "Joining" -> MemberStatus.joining();
            case "WeaklyUp" -> MemberStatus.weaklyUp();
            case "Up" -> MemberStatus.up();
            case "Leaving" -> MemberStatus.leaving();
            case "Exiting" -> MemberStatus.exiting();
            case "Down" -> MemberStatus.down();
            case "PreparingForShutdown" -> MemberStatus.shuttingDown();
            case "ReadyForShutdown" -> MemberStatus.shutDown();
            default -> throw new AssertionError(name);
        };
    }

    private static ActorRef<ClusterMessage> own() {
        return resolve("akka://" + kit.system().name());
    }

    private static ActorRef<ClusterMessage> ref(String host) {
        return ref("shop", host);
    }

    private static ActorRef<ClusterMessage> ref(String actorSystem, String host) {
        return resolve("akka://" + actorSystem + "@" + host + ":25520");
    }

    private static ActorRef<ClusterMessage> resolve(String address) {
        return ActorRefResolver.get(kit.system()).resolveActorRef(address + ClusterMember.PATH + "#1");
    }

    /** A member with the role {@code cache}. */
    private static Member member(String host, long uid, MemberStatus status) {
        return new Member(
                new UniqueAddress(new Address("akka", "shop", host, 25520), uid),
                1,
                status,
                scala.collection.immutable.Set$.MODULE$.from(
                        CollectionConverters.asScala(java.util.List.of("cache", "dc-default"))),
                Version.Zero());
    }
}
