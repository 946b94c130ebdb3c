package io.reclaimer.scenario.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterRequest;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.time.Duration;
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
        VirtualCluster cluster = new VirtualCluster(
                new VirtualCluster.Network() {
                    @Override
                    public void send(String from, String to, Runnable arrival) {
                        throw new AssertionError("Nothing is sent");
                    }

                    @Override
                    public void after(Duration delay, Runnable action) {
                        throw new AssertionError("Nothing is waited for");
                    }
                },
                () -> 0);
        cluster.add("a", kit.reclaimer());
        int[] nodes = IntStream.range(0, NODES).toArray();
        ClusterRequest many = ClusterRequest.of(ReclaimRequest.everywhere().onNodes(nodes));
        ClusterRequest none = ClusterRequest.of(ReclaimRequest.everywhere().onNodes(NODES));
        assertThat(kit.refusal(cluster.reclaim("a", many)).reason()).isEqualTo(Reason.INVALID_REQUEST);
        assertThat(kit.refusal(cluster.reclaim("a", none)).reason()).isEqualTo(Reason.NO_SUCH_NODE);
        assertThatThrownBy(() -> cluster.reclaim(null, none))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("on");
        assertThatThrownBy(() -> cluster.reclaim("a", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("request");
    }
}
