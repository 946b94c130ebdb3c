package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HitsTest {

    @Test
    void burstsAddUp() {
        Hits hits = new Hits();
        hits.add(3, 10);
        hits.add(4, 5);
        assertThat(hits.now()).isEqualTo(new Hits.Rate(7, 15));
    }

    @Test
    void shareIsHitsOfLookups() {
        assertThat(new Hits.Rate(3, 4).share()).isEqualTo(0.75);
        assertThat(new Hits.Rate(0, 4).share()).isZero();
        assertThat(new Hits.Rate(4, 4).share()).isOne();
    }

    @Test
    void withoutALookupTheShareIs0() {
        assertThat(Hits.Rate.NONE.share()).isZero();
    }

    @Test
    void shareNeverExceeds1() {
        assertThat(new Hits.Rate(5, 4).share()).isOne();
    }

    @Test
    void rateSinceAnEarlierReadingIsTheDifference() {
        assertThat(Hits.since(
                        Map.of(Tenant.WEB, new Hits.Rate(10, 20), Tenant.ORM, new Hits.Rate(1, 2)),
                        Map.of(Tenant.WEB, new Hits.Rate(4, 5))))
                .isEqualTo(Map.of(Tenant.WEB, new Hits.Rate(6, 15), Tenant.ORM, new Hits.Rate(1, 2)));
    }
}
