package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.shrinker.Cancellation;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a round over a cluster is to do: a {@link ReclaimRequest}, whose target is that of all members together, and who takes
 * part. Immutable.
 *
 * <p>Of the request: nodes are meant by name, so a member whose configuration numbers them otherwise is asked for the same
 * memories; a member that has no node of that name refuses.
 */
public final class ClusterRequest {

    /** The most members that a request may name: more than a cluster has. */
    private static final int MOST_MEMBERS = 100_000;

    private final ReclaimRequest request;
    private final Optional<String> role;
    private final List<String> members;

    private ClusterRequest(ReclaimRequest request, Optional<String> role, List<String> members) {
        this.request = request;
        this.role = role;
        this.members = members;
    }

    /**
     * Over all members that take part: those on which {@link ClusterReclaimer} was started.
     *
     * @throws IllegalArgumentException where its target is in bytes
     * @throws NullPointerException where {@code request} is null
     */
    public static ClusterRequest of(ReclaimRequest request) {
        if (Objects.requireNonNull(request, "request").bytes().isPresent()) {
            throw new IllegalArgumentException("The target of a round over the cluster is ["
                    + request.bytes().getAsLong() + "] bytes but has to be in objects; leave it out for one pass");
        }
        return new ClusterRequest(request, Optional.empty(), List.of());
    }

    /**
     * The same, over members of that role only.
     *
     * @throws NullPointerException where {@code newRole} is null
     */
    public ClusterRequest onRole(String newRole) {
        return new ClusterRequest(request, Optional.of(Objects.requireNonNull(newRole, "newRole")), members);
    }

    /**
     * The same, over these members only.
     *
     * @param names as in reports, {@code host:port}; 1 to {@value #MOST_MEMBERS}, none twice. One that is no member is in the
     *     report as {@code LEFT}
     * @throws IllegalArgumentException where there are none or too many, or one is there twice
     * @throws NullPointerException where {@code names} or one of them is null
     */
    public ClusterRequest onMembers(String... names) {
        Objects.requireNonNull(names, "names");
        for (int i = 0; i < names.length; i++) {
            Objects.requireNonNull(names[i], "names[" + i + "]");
        }
        if (names.length > MOST_MEMBERS) {
            throw new IllegalArgumentException("The members of a request are [" + names.length + "] but have to be ["
                    + MOST_MEMBERS + "] or less");
        }
        List<String> list = List.of(names);
        if (list.isEmpty() || list.size() > Set.copyOf(list).size()) {
            throw new IllegalArgumentException("The members of a request are " + list
                    + " but have to be one or more, none twice, as in 10.0.0.1:25520");
        }
        return new ClusterRequest(request, role, list);
    }

    /** The same, whose round ends when {@code cancellation} is thrown. */
    ClusterRequest cancelledBy(Cancellation cancellation) {
        return new ClusterRequest(request.cancelledBy(cancellation), role, members);
    }

    /** What is asked for. */
    public ReclaimRequest request() {
        return request;
    }

    /** Who takes part; empty for any role. */
    public Optional<String> role() {
        return role;
    }

    /** Who takes part, by name; empty for all. */
    public List<String> members() {
        return members;
    }

    @Override
    public String toString() {
        return "ClusterRequest[" + request
                + role.map(name -> " role=" + name).orElse("")
                + (members.isEmpty() ? "" : " members=" + members)
                + "]";
    }
}
