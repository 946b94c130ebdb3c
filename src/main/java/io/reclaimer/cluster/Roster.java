package io.reclaimer.cluster;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who is in the cluster, who of them takes part, and who can be reached, as this member knows it. One thread's.
 *
 * <p>Members are named by host and port. One that was restarted under the same name is another one: the newest counts.
 */
final class Roster {

    private final Member self;
    private final ActorRef<ClusterMessage> ownDoor;
    private final Map<String, Member> members = new TreeMap<>();
    private final Map<Long, Member> byUid = new HashMap<>();
    private final Set<UniqueAddress> unreachable = new HashSet<>();
    private Map<String, ActorRef<ClusterMessage>> doors = Map.of();

    Roster(Member self, ActorRef<ClusterMessage> ownDoor) {
        this.self = self;
        this.ownDoor = ownDoor;
    }

    /** A member's name. */
    static String nameOf(UniqueAddress member) {
        return nameOf(member.address(), "local");
    }

    private static String nameOf(Address address, String local) {
        return address.getHost().isPresent()
                ? address.getHost().get() + ":" + address.getPort().orElse(0)
                : local;
    }

    private String selfName() {
        return nameOf(self.uniqueAddress());
    }

    /** Takes a change in; of whom {@link #presence} may be another now. */
    List<String> change(RosterChange change) {
        if (change instanceof RosterChange.Is is) {
            members.put(nameOf(is.member().uniqueAddress()), is.member());
            byUid.put(is.member().uniqueAddress().longUid(), is.member());
            return List.of(nameOf(is.member().uniqueAddress()));
        }
        if (change instanceof RosterChange.Gone gone) {
            UniqueAddress address = gone.member().uniqueAddress();
            unreachable.remove(address);
            members.remove(nameOf(address), gone.member());
            byUid.remove(address.longUid());
            return List.of(nameOf(address));
        }
        if (change instanceof RosterChange.Reachability reachability) {
            UniqueAddress address = reachability.member().uniqueAddress();
            if (reachability.reachable()) {
                unreachable.remove(address);
            } else {
                unreachable.add(address);
            }
            return List.of(nameOf(address));
        }
        if (change instanceof RosterChange.Doors all) {
            Map<String, ActorRef<ClusterMessage>> byName = new HashMap<>();
            all.doors().forEach(door -> byName.put(nameOf(door.path().address(), selfName()), door));
            doors = byName;
            // Who is without a door has been asked, or not; that it has one now is for the next round.
            return List.of();
        }
        // There is nobody else, and will not be again.
        List<String> all = List.copyOf(names());
        unreachable.clear();
        members.clear();
        byUid.clear();
        return all;
    }

    /** The uid of this member's actor system. */
    long selfUid() {
        return self.uniqueAddress().longUid();
    }

    /** Who is gone with a change, for good: by the uids of their actor systems. */
    List<Long> gone(RosterChange change) {
        if (change instanceof RosterChange.Gone gone) {
            return List.of(gone.member().uniqueAddress().longUid());
        }
        return change instanceof RosterChange.SelfGone
                ? byUid.keySet().stream().filter(uid -> uid != selfUid()).toList()
                : List.of();
    }

    /**
     * The member that runs the round of a request; empty where that, or who the answer goes to, is no member.
     *
     * <p>The answer goes to that member or to a head. An actor system that was restarted under the same address has another
     * uid, so what it asked before it ended is not taken for a request of the new one. The version before does not send the
     * uid: there the member is the one of the address. This member always sends its own, so nobody else asks in its name
     * without knowing it.
     */
    Optional<Requester> requester(ActorRef<ClusterMessage> replyTo, long fromUid) {
        Address address = replyTo.path().address();
        boolean isHere = address.getHost().isEmpty();
        Optional<Member> answered = isHere
                ? Optional.of(self)
                : Optional.ofNullable(members.get(nameOf(address, selfName())))
                        .filter(member -> member.address().equals(address));
        if (answered.isEmpty() || (isHere && fromUid == 0)) {
            return Optional.empty();
        }
        Optional<Member> asking = fromUid == 0
                ? answered
                : fromUid == selfUid() ? Optional.of(self) : Optional.ofNullable(byUid.get(fromUid));
        return asking.map(Member::uniqueAddress)
                .map(member ->
                        new Requester(nameOf(member), member.longUid(), isHere && member.longUid() == selfUid()));
    }

    /** Where messages for a member go; empty where it does not take part. */
    Optional<ActorRef<ClusterMessage>> door(String name) {
        return name.equals(selfName()) ? Optional.of(ownDoor) : Optional.ofNullable(doors.get(name));
    }

    /** How a member stands. This one is there also where it is in no cluster, and while it is joining one. */
    Presence presence(String name) {
        boolean isSelf = name.equals(selfName());
        Member member = members.get(name);
        if (member == null) {
            return isSelf ? Presence.HERE : Presence.GONE;
        }
        MemberStatus status = member.status();
        if (status.equals(MemberStatus.leaving()) || status.equals(MemberStatus.exiting())) {
            return Presence.LEAVING;
        }
        if (status.equals(MemberStatus.down())) {
            return Presence.DOWN;
        }
        if (status.equals(MemberStatus.shuttingDown()) || status.equals(MemberStatus.shutDown())) {
            return Presence.CLUSTER_ENDS;
        }
        if (status.equals(MemberStatus.removed())) {
            return Presence.GONE;
        }
        if (isSelf) {
            return Presence.HERE;
        }
        if (unreachable.contains(member.uniqueAddress())) {
            return Presence.UNREACHABLE;
        }
        if (status.equals(MemberStatus.joining())) {
            return Presence.JOINING;
        }
        return doors.containsKey(name) ? Presence.HERE : Presence.WITHOUT_RECLAIMER;
    }

    /** All that are in the cluster, and this one, in the order of their names. */
    SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(members.keySet());
        names.add(selfName());
        return names;
    }

    /**
     * Who is in the report of a round: those that were named, whatever is known of them, or all that are in the cluster, whether
     * they can be asked or not.
     */
    List<Guest> guests(ClusterRequest request) {
        List<Guest> guests = new ArrayList<>();
        for (String name : request.members().isEmpty() ? names() : request.members()) {
            Presence presence = presence(name);
            if (presence == Presence.GONE || hasRole(name, request.role())) {
                guests.add(new Guest(name, presence));
            }
        }
        return guests;
    }

    private boolean hasRole(String name, Optional<String> role) {
        return role.isEmpty() || members.getOrDefault(name, self).hasRole(role.get());
    }
}
