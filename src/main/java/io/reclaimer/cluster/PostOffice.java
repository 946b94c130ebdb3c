package io.reclaimer.cluster;

import io.reclaimer.cluster.ClusterMessage.Bundle;
import io.reclaimer.cluster.ClusterMessage.Cancel;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.cluster.ClusterMessage.Offer;
import io.reclaimer.cluster.ClusterMessage.Reclaim;
import io.reclaimer.cluster.ClusterMessage.Reclaimed;
import io.reclaimer.cluster.ClusterMessage.Refused;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How the messages of one round go out: each by itself, or, where there are many at a time, by way of heads. One thread's;
 * has no clock and sends nothing itself. Times are in nanoseconds from any start.
 *
 * <p>What {@link FanOut} sends within one call is {@link #add}ed, and goes with {@link #post}, which is also to be called at
 * {@link #dueNanos}.
 */
final class PostOffice {

    /* Why heads. A message costs the member that sends or receives it about 5 microseconds of its one thread, one in a bundle
     * about 1. A round is four messages a member; from some 300 members on the requester's thread takes longer than members
     * that are a rack away (cluster-scale.md). With n members in groups of sqrt(n), it and each head handle about sqrt(n).
     *
     * What heads cost. A second way; and what a head does not do, nobody does. So the round does not rely on them. When
     * almost all have answered, the rest is asked directly, whose fault it ever is that nothing has come; and so are all that
     * are missing when as much time is over as it would have taken to ask everybody directly. Where many are missing by then,
     * the second way takes longer than what it saves, as it does between regions: that round goes on without heads. What a
     * member has had twice it does once, so all this costs messages only. (Dean and Barroso, The Tail at Scale, 2013: hedged
     * requests.) Where it is known that a head is gone, its group is asked at once. */

    /** Where more messages than that are to go out at a time, they go by way of heads. */
    static final int MOST_DIRECT = 256;

    /** When no more than this part is missing, it is asked directly: of 1,000 members two groups. */
    private static final int LAST_PART = 16;

    /** What it takes the requester to ask a member directly: a message to it, and one from it. */
    static final long DIRECT_NANOS = 10_000;

    /** What is needed around it. */
    interface Port {
        /** Sends to the member of a seat, which may never get it. */
        void send(int seat, ClusterMessage message);
    }

    private record Request(int seat, ClusterMessage message) {}

    private record Written(int seat, ClusterMessage message, byte[] bytes) {}

    private record Asked(int head, ClusterMessage message) {}

    private final Port port;
    private final InnerMessages inner;
    private final long round;
    private final List<String> members;
    private final int own;
    private final Sender sender;
    private final int mostDirect;
    private final List<Request> added = new ArrayList<>();

    /** By seat, what went by way of a head, was not answered, and was not sent directly since. */
    private final Map<Integer, Asked> asked = new LinkedHashMap<>();

    /** Those that answered, the quickest first. */
    private final List<Integer> quick = new ArrayList<>();

    /** By seat, the place there; 0 for one that did not answer. */
    private final int[] places;

    /** Those that can't be reached. */
    private final BitSet away = new BitSet();

    private int lastPart;

    /** When those that were asked by way of heads are asked directly. */
    private long directNanos;

    /** Whether the way by heads takes too long. */
    private boolean far;

    /** Another head each time. */
    private long turn;

    /**
     * @param members by seat
     * @param own the seat of the member whose round it is; -1 where it has none
     * @param mostDirect {@link #MOST_DIRECT}, but for tests
     */
    PostOffice(
            Port port, InnerMessages inner, long round, List<String> members, int own, Sender sender, int mostDirect) {
        this.port = port;
        this.inner = inner;
        this.round = round;
        this.members = List.copyOf(members);
        this.own = own;
        this.sender = sender;
        this.mostDirect = mostDirect;
        this.places = new int[members.size()];
        this.turn = round;
    }

    /** Is to go to the member of a seat. */
    void add(int seat, ClusterMessage message) {
        added.add(new Request(seat, message));
    }

    /** A member has answered. */
    void answered(ClusterMessage message) {
        if (message instanceof Offer offer) {
            answered(offer.seat(), message);
        } else if (message instanceof Reclaimed reclaimed) {
            answered(reclaimed.seat(), message);
        } else if (message instanceof Refused refused) {
            answered(refused.seat(), message);
        }
    }

    private void answered(int seat, ClusterMessage answer) {
        if (seat >= members.size()) {
            return;
        }
        if (places[seat] == 0 && seat != own) {
            quick.add(seat);
            places[seat] = quick.size();
        }
        Asked request = asked.get(seat);
        if (request != null && isAnswer(request.message(), answer)) {
            asked.remove(seat);
        }
    }

    private static boolean isAnswer(ClusterMessage request, ClusterMessage answer) {
        return answer instanceof Refused
                || (request instanceof Count && answer instanceof Offer)
                || (request instanceof Reclaim part
                        && answer instanceof Reclaimed reclaimed
                        && reclaimed.part() == part.part());
    }

    /** What is known of a member has changed. Those that were asked by way of one that is away are asked directly. */
    void changed(String member, Presence presence) {
        int seat = members.indexOf(member);
        if (seat < 0) {
            return;
        }
        away.set(seat, presence != Presence.HERE);
        if (presence != Presence.HERE) {
            asked.remove(seat);
            askGroup(seat);
        }
    }

    private void askGroup(int head) {
        askAgain(asked.entrySet().stream()
                .filter(entry -> entry.getValue().head() == head)
                .map(Map.Entry::getKey)
                .toList());
    }

    /** Directly; what was added since has been sent before. */
    private void askAgain(Collection<Integer> seats) {
        for (int seat : List.copyOf(seats)) {
            Asked request = asked.remove(seat);
            if (request != null) {
                port.send(seat, request.message());
            }
        }
    }

    /** When {@link #post} is to be called next, if nothing happens before; the other time where that is sooner. */
    long dueNanos(long other) {
        return !asked.isEmpty() && directNanos - other < 0 ? directNanos : other;
    }

    /** Sends what was added. */
    void post(long now) {
        List<Request> requests = List.copyOf(added);
        added.clear();
        if (!asked.isEmpty() && now - directNanos >= 0) {
            far |= asked.size() > lastPart;
            askAgain(asked.keySet());
        }
        if (requests.size() > mostDirect && !far) {
            directNanos = now + requests.size() * DIRECT_NANOS;
            requests.stream().filter(request -> request.seat() == own).forEach(this::send);
            bundle(requests.stream().filter(request -> request.seat() != own).toList());
        } else {
            requests.forEach(this::send);
        }
        if (asked.size() <= lastPart) {
            askAgain(asked.keySet());
        }
    }

    private void send(Request request) {
        asked.remove(request.seat());
        port.send(request.seat(), request.message());
    }

    private void bundle(List<Request> requests) {
        lastPart = requests.size() / LAST_PART;
        int width = (int) Math.min(ClusterMessage.MOST_INNER, Math.ceil(Math.sqrt(requests.size())));
        List<Written> written = requests.stream()
                .map(request -> new Written(request.seat(), request.message(), inner.write(request.message())))
                .toList();
        // In the order of seats, which is that of names: those in one network are often near each other.
        for (List<Written> group : InnerMessages.cut(
                written,
                width,
                one -> one.bytes().length + members.get(one.seat()).length())) {
            OptionalInt head = head(group);
            if (head.isEmpty()) {
                group.forEach(one -> send(new Request(one.seat(), one.message())));
                continue;
            }
            for (Written one : group) {
                if (one.message() instanceof Cancel) {
                    asked.remove(one.seat());
                } else {
                    asked.put(one.seat(), new Asked(head.getAsInt(), one.message()));
                }
            }
            port.send(
                    head.getAsInt(),
                    new Bundle(
                            round,
                            group.stream().map(one -> members.get(one.seat())).toList(),
                            group.stream()
                                    .map(one -> ClusterSerializer.kindOf(one.message()))
                                    .toList(),
                            group.stream().map(Written::bytes).toList(),
                            sender.door(),
                            sender.uid()));
        }
    }

    /** Of the group's quicker half; where none of it answered yet, of the quicker half of all; at first, any of the group. */
    private OptionalInt head(List<Written> group) {
        List<Integer> here = group.stream()
                .map(Written::seat)
                .filter(seat -> !away.get(seat))
                .toList();
        List<Integer> answered = here.stream()
                .filter(seat -> places[seat] > 0)
                .sorted(Comparator.comparingInt(seat -> places[seat]))
                .toList();
        if (answered.isEmpty()) {
            answered = quick.stream().filter(seat -> !away.get(seat)).toList();
        }
        List<Integer> from = answered.isEmpty() ? here : answered.subList(0, (answered.size() + 1) / 2);
        return from.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(from.get((int) Math.floorMod(turn++, (long) from.size())));
    }
}
