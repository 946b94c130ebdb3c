package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ReclaimerExtension.class)
class ShopTest {

    @Test
    void nothingIsFreedWhereNothingIs(Reclaimer reclaimer) {
        assertEquals(
                RoundOutcome.TARGET_MISSED,
                reclaimer
                        .reclaim(ReclaimRequest.everywhere().objects(1))
                        .toCompletableFuture()
                        .join()
                        .outcome());
    }
}
