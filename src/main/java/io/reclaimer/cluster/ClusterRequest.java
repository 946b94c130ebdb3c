package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import java.util.List;
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

    private final ReclaimRequest request;
    private final Optional<String> role;
    private final List<String> members;

    private ClusterRequest(ReclaimRequest request, Optional<String> role, List<String> members) {
        this.request = request;
        this.role = role;
        this.members = members;
    }

    /** Over all members that take part: those on which {@link ClusterReclaimer} was started. */
    public static ClusterRequest of(ReclaimRequest request) {
        return new ClusterRequest(request, Optional.empty(), List.of());
    }

    /** The same, over members of that role only. */
    public ClusterRequest onRole(String newRole) {
        return new ClusterRequest(request, Optional.of(newRole), members);
    }

    /**
     * The same, over these members only.
     *
     * @param names as in reports, {@code host:port}; at least one, none twice. One that is no member is in the report as
     *     {@code LEFT}
     */
    public ClusterRequest onMembers(String... names) {
        List<String> list = List.of(names);
        if (list.isEmpty() || list.size() > Set.copyOf(list).size()) {
            throw new IllegalArgumentException("The members of a request are " + list
                    + " but have to be one or more, none twice, as in 10.0.0.1:25520");
        }
        return new ClusterRequest(request, role, list);
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
