package io.reclaimer.cluster;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.ClusterEvent.ClusterDomainEvent;
import akka.cluster.ClusterEvent.MemberEvent;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.ClusterEvent.ReachabilityEvent;
import akka.cluster.ClusterEvent.ReachableMember;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.ClusterStateSubscription;
import akka.cluster.typed.SelfRemoved;
import akka.cluster.typed.Subscribe;
import io.reclaimer.cluster.MemberEnvironment.Requester;
import io.reclaimer.cluster.RoundParameters.Presence;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The members of the cluster as this member knows them: which there are, which take part, and which can be reached.
 * Confined to the actor that owns it.
 *
 * <p>A member is named by host and port. A member that was restarted under the same name is another one; the newest counts.
 */
final class Roster {

    /** A change that the cluster or the receptionist reports. */
    sealed interface Change extends ClusterMember.Command {}

    /** The cluster actors of all members that take part. */
    record Participating(Set<ActorRef<ClusterMessage>> refs) implements Change {}

    /** A change of a member: its status, its reachability, its removal, or the removal of this member. */
    record ClusterChanged(ClusterDomainEvent event) implements Change {}

    private static final ServiceKey<ClusterMessage> KEY = ServiceKey.create(ClusterMessage.class, ClusterMember.NAME);

    private static final Map<MemberStatus, Presence> DEPARTING = Map.of(
            MemberStatus.leaving(), Presence.LEAVING,
            MemberStatus.exiting(), Presence.LEAVING,
            MemberStatus.down(), Presence.DOWN,
            MemberStatus.shuttingDown(), Presence.CLUSTER_ENDS,
            MemberStatus.shutDown(), Presence.CLUSTER_ENDS,
            MemberStatus.removed(), Presence.GONE);

    private final Member self;
    private final ActorRef<ClusterMessage> selfRef;
    private final Map<String, Member> members = new TreeMap<>();
    private final Set<UniqueAddress> unreachable = new HashSet<>();
    private Map<String, ActorRef<ClusterMessage>> refs = Map.of();

    Roster(Member self, ActorRef<ClusterMessage> selfRef) {
        this.self = self;
        this.selfRef = selfRef;
    }

    /** Registers the cluster actor of this member, and subscribes it to changes. */
    static void subscribe(ActorContext<ClusterMember.Command> context, ActorRef<ClusterMessage> selfRef) {
        ActorRef<Receptionist.Command> receptionist = context.getSystem().receptionist();
        receptionist.tell(Receptionist.register(KEY, selfRef));
        receptionist.tell(Receptionist.subscribe(
                KEY,
                context.messageAdapter(
                        Receptionist.Listing.class,
                        listing -> new Participating(listing.getAllServiceInstances(KEY)))));
        ActorRef<ClusterDomainEvent> adapter = context.messageAdapter(ClusterDomainEvent.class, ClusterChanged::new);
        ActorRef<ClusterStateSubscription> subscriptions =
                Cluster.get(context.getSystem()).subscriptions();
        subscriptions.tell(Subscribe.create(adapter.narrow(), MemberEvent.class));
        subscriptions.tell(Subscribe.create(adapter.narrow(), ReachabilityEvent.class));
        subscriptions.tell(Subscribe.create(adapter.narrow(), SelfRemoved.class));
    }

    /** The name of a member. */
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

    /** The uid of the actor system of this member. */
    long selfUid() {
        return self.uniqueAddress().longUid();
    }

    /** Applies a change. Returns the names of the members whose {@link #presence} may have changed. */
    List<String> apply(Change change) {
        if (change instanceof Participating participating) {
            refs = participating.refs().stream()
                    .collect(Collectors.toMap(
                            ref -> nameOf(ref.path().address(), selfName()),
                            Function.identity(),
                            (one, other) -> other));
            // Rounds under way have asked a member or not; a new cluster actor is asked by the next round.
            return List.of();
        }
        ClusterDomainEvent event = ((ClusterChanged) change).event();
        if (event instanceof MemberEvent changed) {
            UniqueAddress address = changed.member().uniqueAddress();
            if (event instanceof MemberRemoved) {
                unreachable.remove(address);
                members.remove(nameOf(address), changed.member());
            } else {
                members.put(nameOf(address), changed.member());
            }
            return List.of(nameOf(address));
        }
        if (event instanceof ReachabilityEvent reachability) {
            UniqueAddress address = reachability.member().uniqueAddress();
            if (event instanceof ReachableMember) {
                unreachable.remove(address);
            } else {
                unreachable.add(address);
            }
            return List.of(nameOf(address));
        }
        // This member was removed from the cluster, and its actor system goes on.
        List<String> all = List.copyOf(names());
        unreachable.clear();
        members.clear();
        return all;
    }

    /** The uids of the actor systems that a change removes for good. To be called before {@link #apply}. */
    List<Long> removedUids(Change change) {
        if (change instanceof ClusterChanged changed && changed.event() instanceof MemberRemoved removed) {
            return List.of(removed.member().uniqueAddress().longUid());
        }
        return change instanceof ClusterChanged changed && changed.event() instanceof SelfRemoved
                ? members.values().stream()
                        .map(member -> member.uniqueAddress().longUid())
                        .filter(uid -> uid != selfUid())
                        .toList()
                : List.of();
    }

    /**
     * The member that sent a request; empty where the sender is no member.
     *
     * <p>The member is the one at the address of {@code replyTo}, and has to have the uid that the request states: an actor
     * system that was restarted under the same address has another uid, so a request from before the restart is not taken for
     * one of the new system. Version 1 does not send the uid; this member always does.
     */
    Optional<Requester> requester(ActorRef<ClusterMessage> replyTo, long fromUid) {
        Address address = replyTo.path().address();
        if (address.getHost().isEmpty()) {
            return fromUid == selfUid() ? Optional.of(new Requester(fromUid, true)) : Optional.empty();
        }
        return Optional.ofNullable(members.get(nameOf(address, selfName())))
                .map(Member::uniqueAddress)
                .filter(member -> member.address().equals(address))
                .filter(member -> fromUid == 0 || fromUid == member.longUid())
                .map(member -> new Requester(member.longUid(), false));
    }

    /** The cluster actor of a member; empty where the member does not take part. */
    Optional<ActorRef<ClusterMessage>> ref(String name) {
        return name.equals(selfName()) ? Optional.of(selfRef) : Optional.ofNullable(refs.get(name));
    }

    /** The presence of a member. This member is present even while it is in no cluster, or joins one. */
    Presence presence(String name) {
        boolean isSelf = name.equals(selfName());
        Member member = members.get(name);
        if (member == null) {
            return isSelf ? Presence.HERE : Presence.GONE;
        }
        Presence departing = DEPARTING.get(member.status());
        if (departing != null) {
            return departing;
        }
        if (isSelf) {
            return Presence.HERE;
        }
        if (unreachable.contains(member.uniqueAddress())) {
            return Presence.UNREACHABLE;
        }
        if (member.status().equals(MemberStatus.joining())) {
            return Presence.JOINING;
        }
        return refs.containsKey(name) ? Presence.HERE : Presence.WITHOUT_RECLAIMER;
    }

    /** The names of all members of the cluster, and of this one, in order. */
    SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(members.keySet());
        names.add(selfName());
        return names;
    }

    /**
     * The members in the report of a round: those that the request names, or all of the cluster, whether they can be asked
     * or not.
     */
    Map<String, Presence> candidates(ClusterRequest request) {
        Map<String, Presence> candidates = new LinkedHashMap<>();
        for (String name : request.members().isEmpty() ? names() : request.members()) {
            Presence presence = presence(name);
            if (presence == Presence.GONE || hasRole(name, request.role())) {
                candidates.put(name, presence);
            }
        }
        return candidates;
    }

    private boolean hasRole(String name, Optional<String> role) {
        return role.isEmpty() || members.getOrDefault(name, self).hasRole(role.get());
    }
}
