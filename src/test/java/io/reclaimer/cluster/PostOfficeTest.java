package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import io.reclaimer.cluster.ClusterMessage.Bundle;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How the messages of a round over 65 members go out, of which the first is the one that was asked for it. */
class PostOfficeTest {

    private static final int MEMBERS = 65;
    private static final int MOST_DIRECT = 16;
    private static final long DUE = (MEMBERS) * PostOffice.DIRECT_NANOS;

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    private record Sent(int seat, ClusterMessage message) {}

    private final List<Sent> sent = new ArrayList<>();
    private ActorRef<ClusterMessage> door;
    private InnerMessages inner;
    private PostOffice postOffice;

    @BeforeEach
    void open() {
        door = ActorRefResolver.get(kit.system()).resolveActorRef("akka://shop@10.1.2.3:25520" + ClusterMember.PATH);
        inner = new InnerMessages(kit.system());
        postOffice = new PostOffice(
                (seat, message) -> sent.add(new Sent(seat, message)),
                inner,
                7,
                IntStream.range(0, MEMBERS).mapToObj(Wire::member).toList(),
                0,
                new Sender(door, Messages.UID),
                MOST_DIRECT);
    }

    @Test
    void fewGoOutAsTheyWouldWithoutIt() {
        List<Sent> requests = new ArrayList<>();
        for (int seat = 0; seat < MOST_DIRECT; seat++) {
            requests.add(new Sent(seat, count(seat)));
            postOffice.add(seat, count(seat));
        }
        postOffice.post(0);
        assertThat(take()).isEqualTo(requests);
        assertThat(postOffice.dueNanos(4_711)).isEqualTo(4_711);
    }

    /** Each request in one bundle, and as many bundles as each has requests inside. */
    @Test
    void manyGoByWayOfHeadsOfWhomEachIsInItsGroup() {
        countAll(0);
        Set<String> asked = new HashSet<>();
        List<Sent> all = take();
        assertThat(all).hasSize(9);
        assertThat(all.get(0)).isEqualTo(new Sent(0, count(0)));
        for (Sent one : all.subList(1, 9)) {
            Bundle bundle = (Bundle) one.message();
            assertThat(bundle.members()).hasSize(8).contains(Wire.member(one.seat()));
            assertThat(bundle.kinds()).hasSize(8).containsOnly("count/1");
            assertThat(bundle.round()).isEqualTo(7);
            assertThat(bundle.replyTo()).isEqualTo(door);
            for (int i = 0; i < 8; i++) {
                assertThat(asked.add(bundle.members().get(i))).isTrue();
                assertThat(bundle.messages().get(i)).isEqualTo(inner.write(count(seatOf(bundle, i))));
            }
        }
        assertThat(asked).hasSize(64);
    }

    /** One in sixteen is four. */
    @Test
    void whenFewAreMissingTheyAreAskedDirectly() {
        countAll(0);
        take();
        offers(1, 60, 1);
        assertThat(take()).isEmpty();
        offers(60, 61, 1);
        assertThat(take()).extracting(Sent::seat).containsExactly(61, 62, 63, 64);
        postOffice.post(DUE);
        assertThat(take()).as("they were asked").isEmpty();
        assertThat(postOffice.dueNanos(4_711)).isEqualTo(4_711);
    }

    /** The way by heads takes longer than asking everybody: so does the next one. */
    @Test
    void whatIsMissingAfterAsLongAsAskingAllTakesIsAskedDirectlyAndSoIsTheRestOfTheRound() {
        countAll(0);
        take();
        offers(1, 31, 1);
        assertThat(postOffice.dueNanos(Long.MAX_VALUE)).isEqualTo(DUE);
        postOffice.post(DUE - 1);
        assertThat(take()).isEmpty();
        postOffice.post(DUE);
        assertThat(take())
                .extracting(Sent::seat)
                .isEqualTo(IntStream.range(31, MEMBERS).boxed().toList());
        offers(31, MEMBERS, DUE + 1);
        partForEach();
        assertThat(take()).hasSize(MEMBERS).allMatch(one -> one.message() instanceof Reclaim);
    }

    @Test
    void headsOfTheSecondTimeAreOfTheQuickerHalfOfTheirGroup() {
        countAll(0);
        take();
        offers(33, MEMBERS, 1);
        offers(1, 33, 2);
        take();
        partForEach();
        List<Sent> all = take();
        assertThat(all).hasSize(9);
        for (Sent one : all.subList(1, 9)) {
            List<String> group = ((Bundle) one.message()).members();
            assertThat(group.subList(0, 4)).contains(Wire.member(one.seat()));
        }
    }

    @Test
    void groupOfAHeadThatIsGoneIsAskedAtOnceButForTheHead() {
        countAll(0);
        Sent one = take().get(3);
        List<String> group = ((Bundle) one.message()).members();
        postOffice.changed(Wire.member(one.seat()), Presence.UNREACHABLE);
        assertThat(take())
                .extracting(again -> Wire.member(again.seat()))
                .hasSize(7)
                .isSubsetOf(group)
                .doesNotContain(Wire.member(one.seat()));
        postOffice.changed("10.9.9.9:1", Presence.GONE);
        assertThat(take()).isEmpty();
    }

    @Test
    void whoIsAwayIsNoHead() {
        for (int seat = 1; seat < 8; seat++) {
            postOffice.changed(Wire.member(seat), Presence.UNREACHABLE);
        }
        for (int seat = 9; seat < 17; seat++) {
            postOffice.changed(Wire.member(seat), Presence.LEAVING);
        }
        countAll(0);
        List<Sent> all = take();
        assertThat(all.get(1).seat()).as("the one that is left").isEqualTo(8);
        assertThat(all.subList(2, 10))
                .extracting(Sent::seat)
                .as("nobody is left")
                .containsExactly(9, 10, 11, 12, 13, 14, 15, 16);
        assertThat(all).hasSize(2 + 8 + 6);
    }

    /** Nothing is answered to it. */
    @Test
    void cancellationIsNotWaitedFor() {
        countAll(0);
        take();
        for (int seat = 1; seat < MEMBERS; seat++) {
            postOffice.add(seat, Messages.cancel(7, door));
        }
        postOffice.post(5);
        assertThat(take()).hasSize(8).allMatch(one -> one.message() instanceof Bundle);
        assertThat(postOffice.dueNanos(4_711)).isEqualTo(4_711);
    }

    /** What no member sends changes nothing. */
    @Test
    void answersOfNobodyAreIgnored() {
        countAll(0);
        take();
        postOffice.answered(Messages.offer(7, MEMBERS, 1));
        postOffice.answered(Messages.reclaimed(7, 3, 1, "DONE", 1));
        postOffice.post(DUE);
        assertThat(take()).hasSize(64);
    }

    private void countAll(long now) {
        for (int seat = 0; seat < MEMBERS; seat++) {
            postOffice.add(seat, count(seat));
        }
        postOffice.post(now);
    }

    private void partForEach() {
        for (int seat = 0; seat < MEMBERS; seat++) {
            postOffice.add(seat, Messages.reclaim(7, seat, 1, 128, 1, door));
        }
        postOffice.post(DUE + 2);
    }

    private void offers(int first, int end, long now) {
        for (int seat = first; seat < end; seat++) {
            postOffice.answered(Messages.offer(7, seat, 1));
        }
        postOffice.post(now);
    }

    private Count count(int seat) {
        return Messages.count(7, seat, "/", door);
    }

    private static int seatOf(Bundle bundle, int index) {
        return IntStream.range(0, MEMBERS)
                .filter(seat -> Wire.member(seat).equals(bundle.members().get(index)))
                .findFirst()
                .orElseThrow();
    }

    private List<Sent> take() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }
}
