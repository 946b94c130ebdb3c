package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import java.time.Duration;
import java.util.List;

/**
 * What a round over the cluster goes by.
 *
 * @param request with the target of all members together
 * @param nodes their names; empty for all
 * @param within how long it may take
 * @param resendAfter how long a request waits for its answer until it is sent again
 * @param start at whom to begin where not all get a part
 */
record Terms(ReclaimRequest request, List<String> nodes, Duration within, Duration resendAfter, long start) {}
