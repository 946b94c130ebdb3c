package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimReport.Outcome;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ReclaimerExtension.class)
class ShopTest {

    @Test
    void nothingIsFreedWhereNothingIs(Reclaimer reclaimer) {
        assertEquals(
                Outcome.SHORT,
                reclaimer
                        .reclaim(ReclaimRequest.everywhere().objects(1))
                        .toCompletableFuture()
                        .join()
                        .outcome());
    }
}
