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

    /** A member is new, or in another state. */
    void is(Member member) {
        members.put(nameOf(member.uniqueAddress()), member);
    }

    /** A member is gone. */
    void removed(Member member) {
        unreachable.remove(member.uniqueAddress());
        members.remove(nameOf(member.uniqueAddress()), member);
    }

    void reachable(Member member, boolean isReachable) {
        if (isReachable) {
            unreachable.remove(member.uniqueAddress());
        } else {
            unreachable.add(member.uniqueAddress());
        }
    }

    /** This member is not in the cluster any more, and will not be again: there is nobody else. */
    void clear() {
        unreachable.clear();
        members.clear();
    }

    /** Who takes part, as the receptionist has it. */
    void doors(Set<ActorRef<ClusterMessage>> listed) {
        Map<String, ActorRef<ClusterMessage>> byName = new HashMap<>();
        listed.forEach(door -> byName.put(nameOf(door.path().address(), selfName()), door));
        doors = byName;
    }

    /** Where messages for a member go; empty where it does not take part. */
    Optional<ActorRef<ClusterMessage>> door(String name) {
        return name.equals(selfName()) ? Optional.of(ownDoor) : Optional.ofNullable(doors.get(name));
    }

    /** How a member stands. This one is there also where it is in no cluster. */
    Presence presence(String name) {
        Member member = members.get(name);
        if (member == null) {
            return name.equals(selfName()) ? Presence.HERE : Presence.GONE;
        }
        MemberStatus status = member.status();
        boolean isJoining = status.equals(MemberStatus.joining());
        if (!isJoining && !status.equals(MemberStatus.up()) && !status.equals(MemberStatus.weaklyUp())) {
            return Presence.LEAVING;
        }
        if (name.equals(selfName())) {
            return Presence.HERE;
        }
        if (unreachable.contains(member.uniqueAddress())) {
            return Presence.UNREACHABLE;
        }
        return isJoining || !doors.containsKey(name) ? Presence.WITHOUT_RECLAIMER : Presence.HERE;
    }

    /** All that are in the cluster, and this one, in the order of their names. */
    SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(members.keySet());
        names.add(selfName());
        return names;
    }

    /** Who is to take part in a round: those that were named, whatever is known of them, or all that take part. */
    List<Guest> guests(ClusterRequest request) {
        boolean named = !request.members().isEmpty();
        List<Guest> guests = new ArrayList<>();
        for (String name : named ? request.members() : names()) {
            Presence presence = presence(name);
            boolean isWanted = named || presence != Presence.WITHOUT_RECLAIMER;
            if (isWanted && (presence == Presence.GONE || hasRole(name, request.role()))) {
                guests.add(new Guest(name, presence));
            }
        }
        return guests;
    }

    private boolean hasRole(String name, Optional<String> role) {
        return role.isEmpty() || members.getOrDefault(name, self).hasRole(role.get());
    }
}
