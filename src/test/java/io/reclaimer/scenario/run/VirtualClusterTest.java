package io.reclaimer.scenario.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.scenario.model.Scenario.Cluster;
import io.reclaimer.scenario.time.VirtualTime;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests for rounds over a virtual cluster of one member. */
class VirtualClusterTest {

    /** More nodes than a request may name. */
    private static final int NODES = 65;

    private static final String NAMES =
            IntStream.range(0, NODES).mapToObj(node -> "n" + node).collect(Collectors.joining(", "));

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.nodes = [" + NAMES + "]");

    @Test
    void requestsAreCheckedAsInARealCluster() {
        Cluster model = new Cluster(2, Duration.ZERO, 0, 0, Duration.ZERO);
        VirtualCluster cluster = new VirtualCluster(model, new VirtualTime(), new Random(1));
        cluster.add("a", kit.reclaimer());
        int[] nodes = IntStream.range(0, NODES).toArray();
        ReclaimRequest many = ReclaimRequest.everywhere().onNodes(nodes);
        ReclaimRequest none = ReclaimRequest.everywhere().onNodes(NODES);
        assertThat(kit.refusal(cluster.reclaim("a", many, List.of())).reason()).isEqualTo(Reason.INVALID_REQUEST);
        assertThat(kit.refusal(cluster.reclaim("a", none, List.of())).reason()).isEqualTo(Reason.NO_SUCH_NODE);
    }
}
