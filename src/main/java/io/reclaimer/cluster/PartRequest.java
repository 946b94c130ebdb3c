package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterMessage.Count;
import io.reclaimer.shrinker.ReclaimFlag;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.ToIntFunction;

/** What a member's reclaimer is asked for in a round over the cluster, as the count says it. */
final class PartRequest {

    private PartRequest() {}

    /**
     * The request to count; parts add their target, priority and time.
     *
     * @param nodeNumber the number of a node by its name; throws where there is none
     * @throws RuntimeException where a node or a flag is not known here; its message is why
     */
    static ReclaimRequest of(Count message, ToIntFunction<String> nodeNumber) {
        ReclaimRequest request = ReclaimRequest.in(message.cgroup()).within(Duration.ofMillis(message.countMillis()));
        if (message.alone()) {
            request = request.alone();
        }
        if (!message.nodes().isEmpty()) {
            request = request.onNodes(
                    message.nodes().stream().mapToInt(nodeNumber).distinct().toArray());
        }
        for (String flag : message.flags()) {
            request = switch (flag(flag)) {
                case BACKGROUND -> request.background();
                case MAY_NOT_BLOCK -> request.mayBlock(false);
                case LOSSLESS_ONLY -> request.losslessOnly();
            };
        }
        return request;
    }

    private static ReclaimFlag flag(String name) {
        return Arrays.stream(ReclaimFlag.values())
                .filter(flag -> flag.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the flag [" + name
                        + "] is not known in its version; known are " + Arrays.toString(ReclaimFlag.values())));
    }
}
