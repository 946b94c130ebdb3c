package io.reclaimer.cluster;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.RoundParameters.Presence;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Base of the tests of {@link Coordinator}; the clock and the replies are the test's. */
abstract class CoordinatorSpec {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create();

    FakeRound round(ReclaimRequest request, Presence... presences) {
        return new FakeRound(kit.system(), request, presences);
    }

    static ReclaimRequest request(long objects) {
        return ReclaimRequest.in("/shop").objects(objects);
    }
}
