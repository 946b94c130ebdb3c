package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.ReclaimerSettings;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A request for a round over a cluster: a {@link ReclaimRequest}, whose target is that of all members together, and the
 * members that take part. Immutable.
 *
 * <p>Nodes cross the network by name, so a member that numbers them differently is asked for the same memories. A member
 * without a node of that name refuses.
 */
public final class ClusterRequest {

    /** Maximum number of members that a request may name, more than a cluster has. */
    private static final int MAX_MEMBERS = 100_000;

    private final ReclaimRequest request;
    private final Optional<String> role;
    private final List<String> members;

    private ClusterRequest(ReclaimRequest request, Optional<String> role, List<String> members) {
        this.request = request;
        this.role = role;
        this.members = members;
    }

    /**
     * A request to all members that take part: those on which {@link ClusterReclaimer} was started.
     *
     * @throws IllegalArgumentException where its target is in bytes, or is what is held
     * @throws NullPointerException where {@code request} is null
     */
    public static ClusterRequest of(ReclaimRequest request) {
        if (Objects.requireNonNull(request, "request").bytes().isPresent()) {
            throw new IllegalArgumentException("The target of a round over the cluster is ["
                    + request.bytes().getAsLong() + "] bytes but has to be in objects; leave it out for one pass");
        }
        if (request.heldLimit().isPresent()) {
            throw new IllegalArgumentException("The target of a round over the cluster is that at most ["
                    + request.heldLimit().getAsLong()
                    + "] bytes are held, but has to be in objects; leave it out for one pass");
        }
        return new ClusterRequest(request, Optional.empty(), List.of());
    }

    /**
     * A copy limited to the members of a role.
     *
     * @throws NullPointerException where {@code newRole} is null
     */
    public ClusterRequest onRole(String newRole) {
        return new ClusterRequest(request, Optional.of(Objects.requireNonNull(newRole, "newRole")), members);
    }

    /**
     * A copy limited to the named members.
     *
     * @param names 1 to {@value #MAX_MEMBERS} distinct names as in reports, {@code host:port}. A name of no member is
     *     reported as {@code LEFT}
     * @throws IllegalArgumentException where there are no names, too many, or the same name twice
     * @throws NullPointerException where {@code names} or one of them is null
     */
    public ClusterRequest onMembers(String... names) {
        Objects.requireNonNull(names, "names");
        for (int i = 0; i < names.length; i++) {
            Objects.requireNonNull(names[i], "names[" + i + "]");
        }
        if (names.length > MAX_MEMBERS) {
            throw new IllegalArgumentException(
                    "The members of a request are [" + names.length + "] but have to be [" + MAX_MEMBERS + "] or less");
        }
        List<String> list = List.of(names);
        if (list.isEmpty() || list.size() > Set.copyOf(list).size()) {
            throw new IllegalArgumentException("The members of a request are " + list
                    + " but have to be one or more, none twice, as in 10.0.0.1:25520");
        }
        return new ClusterRequest(request, role, list);
    }

    /** A copy whose round ends when the cancellation is triggered. */
    ClusterRequest cancelledBy(Cancellation cancellation) {
        return new ClusterRequest(request.cancelledBy(cancellation), role, members);
    }

    /** The request to each member, with the target of all members together. */
    public ReclaimRequest request() {
        return request;
    }

    /** The role of the members that take part; empty for any. */
    public Optional<String> role() {
        return role;
    }

    /** The names of the members that take part; empty for all. */
    public List<String> members() {
        return members;
    }

    /**
     * Checks the nodes on the member that the round is requested on.
     *
     * @throws ReclaimerException where a node does not exist here, or there are more nodes than a message may name
     */
    void check(ReclaimerSettings settings) {
        List<Integer> nodes = request.nodes(settings);
        if (nodes.size() > ClusterMessage.MAX_NODES) {
            throw new ReclaimerException(
                    Reason.INVALID_REQUEST,
                    "The request names [" + nodes.size() + "] nodes; a round over a cluster can be asked for up to ["
                            + ClusterMessage.MAX_NODES + "], or for all by naming none");
        }
    }

    @Override
    public String toString() {
        return "ClusterRequest[" + request
                + role.map(name -> " role=" + name).orElse("")
                + (members.isEmpty() ? "" : " members=" + members)
                + "]";
    }
}
