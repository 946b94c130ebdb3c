package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import io.reclaimer.cluster.ClusterMessage.Answers;
import io.reclaimer.cluster.ClusterMessage.Bundle;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a member does as the head of a group in rounds of others: passes on what is in bundles, and gathers the answers. One
 * thread's; has no clock and sends nothing itself. Times are in nanoseconds from any start.
 *
 * <p>What it can't pass on, and answers that it does not send back, are not waited for by the round: that asks the member
 * itself, sooner or later ({@link PostOffice}). So nothing here is sent twice, and all of it may be forgotten.
 */
final class Relay {

    /** What is needed around it. */
    interface Port {
        /** Where messages for a member go; empty where that is not known. */
        Optional<ActorRef<ClusterMessage>> door(String member);

        void send(ActorRef<ClusterMessage> to, ClusterMessage message);
    }

    /**
     * How long an answer waits for others before {@link #sendWaiting} is to be called. Akka's clock ticks each 10 ms, so it
     * may become 20; nothing that works well waits for it.
     */
    static final Duration LONGEST_WAIT = Duration.ofMillis(10);

    /** How many rounds may be known at a time; the oldest makes room. */
    static final int MOST_ROUNDS = 1024;

    private final Port port;
    private final InnerMessages inner;
    private final ActorRef<ClusterMessage> door;

    /** The oldest first. */
    private final Map<Long, Relayed> rounds = new LinkedHashMap<>();

    /** @param door this member's, to which answers go */
    Relay(Port port, InnerMessages inner, ActorRef<ClusterMessage> door) {
        this.port = port;
        this.inner = inner;
        this.door = door;
    }

    /** What is known of one round. */
    private static final class Relayed {
        private final Requester requester;
        private ActorRef<ClusterMessage> replyTo;
        private long forgetNanos;
        private final Set<Integer> missing = new HashSet<>();
        private final List<ClusterMessage> waiting = new ArrayList<>();

        Relayed(Requester requester, ActorRef<ClusterMessage> replyTo, long forgetNanos) {
            this.requester = requester;
            this.replyTo = replyTo;
            this.forgetNanos = forgetNanos;
        }
    }

    /** Passes on what is inside: in the name of the member that sent the bundle, whatever they say themselves. */
    void bundle(Requester requester, Bundle bundle, long now) {
        for (int i = 0; i < bundle.messages().size(); i++) {
            Optional<ActorRef<ClusterMessage>> to = port.door(bundle.members().get(i));
            ClusterMessage message =
                    inner.read(bundle.kinds().get(i), bundle.messages().get(i));
            if (to.isPresent() && message instanceof ClusterMessage.Relayed one && isOf(bundle.round(), one)) {
                expect(requester, bundle, one, now);
                port.send(to.get(), one.passedOn(door, requester.uid()));
            }
        }
    }

    private static boolean isOf(long round, ClusterMessage message) {
        return (message instanceof Count count && count.round() == round)
                || (message instanceof Reclaim part && part.round() == round)
                || (message instanceof Cancel cancel && cancel.round() == round);
    }

    private void expect(Requester requester, Bundle bundle, ClusterMessage message, long now) {
        if (message instanceof Count count) {
            expect(requester, bundle, count.seat(), now + TimeUnit.MILLISECONDS.toNanos(count.withinMillis()));
        } else if (message instanceof Reclaim part) {
            expect(requester, bundle, part.seat(), now + TimeUnit.MICROSECONDS.toNanos(part.untilMicros()));
        }
    }

    private void expect(Requester requester, Bundle bundle, int seat, long endNanos) {
        long forgetNanos = endNanos + MemberParts.KEPT_NANOS;
        Relayed relayed = rounds.get(bundle.round());
        if (relayed == null) {
            if (rounds.size() >= MOST_ROUNDS) {
                forgetOldest();
            }
            relayed = new Relayed(requester, bundle.replyTo(), forgetNanos);
            rounds.put(bundle.round(), relayed);
        }
        relayed.replyTo = bundle.replyTo();
        relayed.forgetNanos = forgetNanos - relayed.forgetNanos > 0 ? forgetNanos : relayed.forgetNanos;
        relayed.missing.add(seat);
    }

    /** A member was removed from the cluster: nothing of its rounds is sent to it any more. */
    void requesterGone(long uid) {
        rounds.values().removeIf(relayed -> relayed.requester.uid() == uid);
    }

    private void forgetOldest() {
        Iterator<Map.Entry<Long, Relayed>> all = rounds.entrySet().iterator();
        Map.Entry<Long, Relayed> oldest = all.next();
        sendWaiting(oldest.getKey(), oldest.getValue());
        all.remove();
    }

    /** A member of a group has answered. */
    void answered(ClusterMessage message) {
        if (message instanceof Offer offer) {
            answered(offer.round(), offer.seat(), message);
        } else if (message instanceof Reclaimed reclaimed) {
            answered(reclaimed.round(), reclaimed.seat(), message);
        } else if (message instanceof Refused refused) {
            answered(refused.round(), refused.seat(), message);
        }
    }

    /**
     * Sends what waits when as many wait as are missing: the first half together, then half of the rest, and so on. So a
     * group of 32 takes six messages at most, and one that is slow holds up nobody, without a timer. Where several are
     * slow, as many less one may wait for the first of these, or the timer.
     */
    private void answered(long round, int seat, ClusterMessage message) {
        Relayed relayed = rounds.get(round);
        if (relayed != null) {
            relayed.missing.remove(seat);
            relayed.waiting.add(message);
            if (relayed.waiting.size() >= relayed.missing.size()) {
                sendWaiting(round, relayed);
            }
        }
    }

    /** Whether an answer waits for others. */
    boolean isWaiting() {
        return rounds.values().stream().anyMatch(relayed -> !relayed.waiting.isEmpty());
    }

    /** Sends all that waits. */
    void sendWaiting() {
        rounds.forEach(this::sendWaiting);
    }

    private record Written(String kind, byte[] bytes) {}

    private void sendWaiting(long round, Relayed relayed) {
        List<Written> written = relayed.waiting.stream()
                .map(message -> new Written(ClusterSerializer.kindOf(message), inner.write(message)))
                .toList();
        for (List<Written> some :
                InnerMessages.cut(written, ClusterMessage.MOST_INNER, message -> message.bytes().length)) {
            port.send(
                    relayed.replyTo,
                    new Answers(
                            round,
                            some.stream().map(Written::kind).toList(),
                            some.stream().map(Written::bytes).toList()));
        }
        relayed.waiting.clear();
    }

    /** How many rounds are known, over or not. */
    int known() {
        return rounds.size();
    }

    /** Forgets what is over. */
    void forgetOld(long now) {
        for (Iterator<Relayed> all = rounds.values().iterator(); all.hasNext(); ) {
            if (now - all.next().forgetNanos >= 0) {
                all.remove();
            }
        }
    }
}
