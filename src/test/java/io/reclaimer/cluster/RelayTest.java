package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import io.reclaimer.cluster.ClusterMessage.Answers;
import io.reclaimer.cluster.ClusterMessage.Bundle;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Refused;
import io.reclaimer.testkit.ReclaimerTestSystem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a head does with the messages of a group. */
class RelayTest {

    private static final long ROUND = 7;

    private static ReclaimerTestSystem kit;
    private static InnerMessages inner;
    private static ActorRef<ClusterMessage> own;
    private static ActorRef<ClusterMessage> requester;

    private record Sent(ActorRef<ClusterMessage> to, ClusterMessage message) {}

    private final List<Sent> sent = new ArrayList<>();
    private final Map<String, ActorRef<ClusterMessage>> doors = new HashMap<>();
    private final Relay relay = new Relay(
            new Relay.Port() {
                @Override
                public Optional<ActorRef<ClusterMessage>> door(String member) {
                    return Optional.ofNullable(doors.get(member));
                }

                @Override
                public void send(ActorRef<ClusterMessage> to, ClusterMessage message) {
                    sent.add(new Sent(to, message));
                }
            },
            inner,
            own);

    @BeforeAll
    static void start() {
        kit = ReclaimerTestSystem.start(Members.CONFIG);
        inner = new InnerMessages(kit.system());
        own = door("own");
        requester = door("requester");
    }

    @AfterAll
    static void stop() {
        kit.stop();
    }

    private static ActorRef<ClusterMessage> door(String host) {
        return ActorRefResolver.get(kit.system())
                .resolveActorRef("akka://shop@" + host + ":25520" + ClusterMember.PATH + "#1");
    }

    @Test
    void requestsArePassedOnToBeAnsweredToTheHead() {
        bundle(List.of("a", "b", "c"), count(0), part(1, 1), Messages.cancel(ROUND, requester));
        assertThat(take())
                .containsExactly(
                        new Sent(door("a"), Messages.count(ROUND, 0, "/", own)),
                        new Sent(door("b"), Messages.reclaim(ROUND, 1, 1, 128, 500, own)),
                        new Sent(door("c"), Messages.cancel(ROUND, own)));
    }

    /** In whose name a bundle comes is checked; what is inside may say anything. */
    @Test
    void requestsInsideArePassedOnInTheNameOfWhoSentTheBundle() {
        doors.put("a", door("a"));
        Count forged =
                new Count(ROUND, 0, "/", false, List.of(), List.of(), 10_000, 2_000, requester, Messages.UID + 1, true);
        relay.bundle(Messages.REQUESTER, bundleOf(List.of("a"), forged), 0);
        assertThat(take()).containsExactly(new Sent(door("a"), Messages.count(ROUND, 0, "/", own)));
    }

    @Test
    void nothingIsSentToARequesterThatWasRemoved() {
        bundle(List.of("a", "b", "c"), count(0), count(1), count(2));
        take();
        relay.answered(answer(0));
        relay.requesterGone(Messages.UID + 1);
        assertThat(relay.known()).isEqualTo(1);
        relay.requesterGone(Messages.UID);
        relay.answered(answer(1));
        relay.sendWaiting();
        assertThat(take()).isEmpty();
        assertThat(relay.known()).isZero();
    }

    /** The round asks it directly in the end. */
    @Test
    void whoIsNotKnownIsLeftOutAndNotWaitedFor() {
        doors.put("a", door("a"));
        relay.bundle(Messages.REQUESTER, bundleOf(List.of("a", "stranger"), count(0), count(1)), 0);
        assertThat(take()).singleElement().matches(one -> one.to().equals(door("a")));
        relay.answered(answer(0));
        assertThat(answers()).containsExactly(List.of(answer(0)));
    }

    @Test
    void whatIsOfAnotherRoundOrCannotBeReadIsNotPassedOn() {
        Count other = Messages.count(8, 0, "/", requester);
        doors.put("a", door("a"));
        relay.bundle(Messages.REQUESTER, bundleOf(List.of("a"), other), 0);
        relay.bundle(
                Messages.REQUESTER,
                new Bundle(
                        ROUND, List.of("a"), List.of("count/1"), List.of(new byte[] {1, 2}), requester, Messages.UID),
                0);
        assertThat(take()).isEmpty();
        assertThat(relay.known()).isZero();
    }

    /** The first half together, then half of the rest, and so on. */
    @Test
    void answersAreSentWhenAsManyWaitAsAreMissing() {
        bundle(
                List.of("a", "b", "c", "d", "e", "f", "g", "h"),
                count(0),
                count(1),
                count(2),
                count(3),
                count(4),
                count(5),
                count(6),
                count(7));
        take();
        for (int seat = 0; seat < 8; seat++) {
            relay.answered(answer(seat));
        }
        assertThat(answers())
                .containsExactly(
                        List.of(answer(0), answer(1), answer(2), answer(3)),
                        List.of(answer(4), answer(5)),
                        List.of(answer(6)),
                        List.of(answer(7)));
        assertThat(relay.isWaiting()).isFalse();
    }

    @Test
    void whatWaitsIsSentWhenItHasWaitedLongEnough() {
        bundle(List.of("a", "b", "c"), count(0), count(1), count(2));
        take();
        relay.answered(answer(1));
        assertThat(relay.isWaiting()).isTrue();
        assertThat(take()).isEmpty();
        relay.sendWaiting();
        assertThat(answers()).containsExactly(List.of(answer(1)));
        assertThat(relay.isWaiting()).isFalse();
        relay.sendWaiting();
        assertThat(take()).isEmpty();
    }

    @Test
    void roundsOfOthersAreKeptApart() {
        bundle(List.of("a", "b"), count(0), count(1));
        Refused other = Messages.refused(8, 0, "no");
        relay.answered(other);
        take();
        relay.answered(answer(0));
        assertThat(answers()).containsExactly(List.of(answer(0)));
    }

    @Test
    void roundIsForgottenWhenItIsOver() {
        bundle(List.of("a"), count(0));
        long over = TimeUnit.MILLISECONDS.toNanos(10_000) + MemberParts.KEPT_NANOS;
        relay.forgetOld(over - 1);
        assertThat(relay.known()).isEqualTo(1);
        relay.forgetOld(over);
        assertThat(relay.known()).isZero();
        take();
        relay.answered(answer(0));
        assertThat(take()).isEmpty();
    }

    @Test
    void oldestRoundMakesRoomAndWhatWaitsOfItIsSent() {
        bundle(List.of("a", "b", "c"), count(0), count(1), count(2));
        relay.answered(answer(0));
        for (int i = 1; i < Relay.MOST_ROUNDS; i++) {
            relay.bundle(Messages.REQUESTER, bundleOf(100 + i), 0);
        }
        assertThat(relay.known()).isEqualTo(Relay.MOST_ROUNDS);
        take();
        relay.bundle(Messages.REQUESTER, bundleOf(99), 0);
        assertThat(relay.known()).isEqualTo(Relay.MOST_ROUNDS);
        assertThat(take()).first().satisfies(one -> {
            assertThat(one.to()).isEqualTo(requester);
            assertThat(inner.read((Answers) one.message())).containsExactly(answer(0));
        });
    }

    private Bundle bundleOf(long round) {
        Count count = Messages.count(round, 0, "/", requester);
        return new Bundle(
                round, List.of("a"), List.of("count/1"), List.of(inner.write(count)), requester, Messages.UID);
    }

    private void bundle(List<String> members, ClusterMessage... messages) {
        members.forEach(member -> doors.put(member, door(member)));
        relay.bundle(Messages.REQUESTER, bundleOf(members, messages), 0);
    }

    private static Bundle bundleOf(List<String> members, ClusterMessage... messages) {
        return new Bundle(
                ROUND,
                members,
                List.of(messages).stream().map(ClusterSerializer::kindOf).toList(),
                List.of(messages).stream().map(inner::write).toList(),
                requester,
                Messages.UID);
    }

    private static Count count(int seat) {
        return Messages.count(ROUND, seat, "/", requester);
    }

    private static Reclaim part(int seat, int part) {
        return Messages.reclaim(ROUND, seat, part, 128, 500, requester);
    }

    private static Refused answer(int seat) {
        return Messages.refused(ROUND, seat, "no");
    }

    /** What went to the requester, message by message. */
    private List<List<ClusterMessage>> answers() {
        List<Sent> all = take();
        assertThat(all).allMatch(one -> one.to().equals(requester));
        return all.stream().map(one -> inner.read((Answers) one.message())).toList();
    }

    private List<Sent> take() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }
}
