package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.cluster.MemberStatus;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.testkit.ReclaimerTestSystem;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a member knows; what the cluster tells it is the test's. */
class RosterTest {

    private static final long SELF = 1;
    private static final long OTHER = 2;
    private static final long HEAD = 3;

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
        roster = new Roster(FakeMembers.member("self", SELF, MemberStatus.up()), own());
        is("self", SELF, MemberStatus.up());
        is("other", OTHER, MemberStatus.up());
        is("head", HEAD, MemberStatus.up());
    }

    @Test
    void requestOfAMemberIsOfThatMember() {
        assertThat(roster.requester(door("other"), OTHER)).contains(new Requester("other:25520", OTHER, false));
        assertThat(roster.requester(own(), SELF)).contains(new Requester("self:25520", SELF, true));
    }

    /** The answer goes to the head, and the round is that of the one behind it. */
    @Test
    void requestByWayOfAHeadIsOfWhoseRoundItIs() {
        assertThat(roster.requester(door("head"), OTHER)).contains(new Requester("other:25520", OTHER, false));
        assertThat(roster.requester(own(), OTHER)).contains(new Requester("other:25520", OTHER, false));
        assertThat(roster.requester(door("head"), SELF))
                .as("nobody else's request is this member's own")
                .contains(new Requester("self:25520", SELF, false));
    }

    @Test
    void requestOfAnActorSystemThatIsNoMemberIsNobodys() {
        assertThat(roster.requester(door("stranger"), 77)).isEmpty();
        assertThat(roster.requester(door("stranger"), OTHER)).isEmpty();
        assertThat(roster.requester(door("stranger"), 0)).isEmpty();
        assertThat(roster.requester(FakeMembers.door(kit.system(), "bookshop", "other"), 0))
                .isEmpty();
        assertThat(roster.requester(FakeMembers.door(kit.system(), "bookshop", "other"), OTHER))
                .isEmpty();
    }

    /** The one before it asked, and has ended. */
    @Test
    void requestOfTheLifeBeforeARestartIsNobodys() {
        assertThat(roster.requester(door("other"), OTHER + 10)).isEmpty();
        gone("other", OTHER);
        is("other", OTHER + 10, MemberStatus.up());
        assertThat(roster.requester(door("other"), OTHER)).isEmpty();
        assertThat(roster.requester(door("other"), OTHER + 10)).isPresent();
    }

    /** It does not send its uid. */
    @Test
    void requestOfTheVersionBeforeIsOfTheMemberOfItsAddress() {
        assertThat(roster.requester(door("other"), 0)).contains(new Requester("other:25520", OTHER, false));
        assertThat(roster.requester(own(), 0))
                .as("this member is of this version")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Joining", "WeaklyUp", "Up", "Leaving", "Exiting", "Down", "PreparingForShutdown"})
    void memberIsOneUntilItIsRemoved(String status) {
        is("other", OTHER, status(status));
        assertThat(roster.requester(door("other"), OTHER)).isPresent();
        gone("other", OTHER);
        assertThat(roster.requester(door("other"), OTHER)).isEmpty();
        assertThat(roster.requester(door("other"), 0)).isEmpty();
    }

    @Test
    void removedMembersAreKnownByTheirUids() {
        RosterChange.Gone gone = new RosterChange.Gone(FakeMembers.member("other", OTHER, MemberStatus.removed()));
        assertThat(roster.gone(gone)).containsExactly(OTHER);
        roster.change(gone);
        assertThat(roster.gone(new RosterChange.SelfGone())).containsExactly(HEAD);
        roster.change(new RosterChange.SelfGone());
        assertThat(roster.requester(door("head"), HEAD)).isEmpty();
        assertThat(roster.requester(own(), SELF)).isPresent();
    }

    /** Each of them, whatever is the matter with it; before this one is up as well. */
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
        doors("other", "head");
        is("self", SELF, MemberStatus.joining());
        is("other", OTHER, status(status));
        roster.change(new RosterChange.Reachability(FakeMembers.member("head", HEAD, MemberStatus.up()), false));
        ClusterRequest all = ClusterRequest.of(ReclaimRequest.everywhere());
        assertThat(roster.guests(all))
                .containsExactly(
                        new Guest("head:25520", Presence.UNREACHABLE),
                        new Guest("other:25520", presence),
                        new Guest("self:25520", Presence.HERE));
        assertThat(roster.guests(all.onRole("cache"))).hasSize(3);
        assertThat(roster.guests(all.onRole("web"))).isEmpty();
        assertThat(roster.guests(all.onMembers("other:25520", "nobody:1")))
                .containsExactly(new Guest("other:25520", presence), new Guest("nobody:1", Presence.GONE));
    }

    @Test
    void memberWithoutAReclaimerIsInTheReportWithTheReason() {
        doors("other");
        assertThat(roster.guests(ClusterRequest.of(ReclaimRequest.everywhere())))
                .containsExactly(
                        new Guest("head:25520", Presence.WITHOUT_RECLAIMER),
                        new Guest("other:25520", Presence.HERE),
                        new Guest("self:25520", Presence.HERE));
    }

    private void doors(String... hosts) {
        roster.change(new RosterChange.Doors(
                Arrays.stream(hosts).map(RosterTest::door).collect(Collectors.toSet())));
    }

    private void is(String host, long uid, MemberStatus status) {
        roster.change(new RosterChange.Is(FakeMembers.member(host, uid, status)));
    }

    private void gone(String host, long uid) {
        roster.change(new RosterChange.Gone(FakeMembers.member(host, uid, MemberStatus.removed())));
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
        return FakeMembers.ownDoor(kit.system());
    }

    private static ActorRef<ClusterMessage> door(String host) {
        return FakeMembers.door(kit.system(), "shop", host);
    }
}
