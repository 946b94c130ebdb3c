package io.reclaimer.cluster;

import io.reclaimer.ReclaimerSettings;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.util.List;

/** What a round over a cluster can be asked for, beyond what a request checks itself. */
final class RequestRule {

    private RequestRule() {}

    /**
     * Checks a request where it is made.
     *
     * @throws ReclaimerException where it names a node that there is not here, or more nodes than a message may
     */
    static void check(ClusterRequest request, ReclaimerSettings settings) {
        List<Integer> nodes = request.request().nodes();
        nodes.forEach(settings::nodeName);
        if (nodes.size() > ClusterMessage.MOST_NODES) {
            throw new ReclaimerException(
                    Reason.INVALID_REQUEST,
                    "The request names [" + nodes.size() + "] nodes; a round over a cluster can be asked for up to ["
                            + ClusterMessage.MOST_NODES + "], or for all by naming none");
        }
    }
}
