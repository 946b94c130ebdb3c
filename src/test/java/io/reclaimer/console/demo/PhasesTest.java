package io.reclaimer.console.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhasesTest {

    @Test
    void tenantsSurgeInTurn() {
        assertThat(phases().map(Phases::surging))
                .containsExactly(
                        Tenant.WEB, Tenant.ORM, Tenant.BATCH, Tenant.WEB, Tenant.ORM, Tenant.BATCH, Tenant.WEB);
    }

    @Test
    void everyTenantIsQuietInItsTurn() {
        List<Tenant> quiet = phases().map(Phases::quiet).toList();
        assertThat(quiet.subList(0, 3)).containsExactlyInAnyOrder(Tenant.values());
        assertThat(quiet.subList(3, 6)).isEqualTo(quiet.subList(0, 3));
    }

    @Test
    void aPhaseLastsUntilTheNextBegins() {
        assertThat(Phases.surging(Phases.LENGTH.minusNanos(1))).isEqualTo(Tenant.WEB);
        assertThat(Phases.surging(Phases.LENGTH)).isEqualTo(Tenant.ORM);
        assertThat(Phases.surging(Phases.LENGTH.multipliedBy(2).minusNanos(1))).isEqualTo(Tenant.ORM);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 100, 3_000_000})
    void oneTenantSurgesOneIsQuietTheOthersAreAsUsual(long phase) {
        Duration elapsed = Phases.LENGTH.multipliedBy(phase).plusMillis(1);
        assertThat(Phases.surging(elapsed)).isNotEqualTo(Phases.quiet(elapsed));
        assertThat(Phases.factor(Phases.surging(elapsed), elapsed)).isGreaterThan(1);
        assertThat(Phases.factor(Phases.quiet(elapsed), elapsed)).isBetween(0.0, 0.5);
        assertThat(Arrays.stream(Tenant.values())
                        .filter(tenant -> tenant != Phases.surging(elapsed) && tenant != Phases.quiet(elapsed)))
                .isNotEmpty()
                .allMatch(tenant -> Phases.factor(tenant, elapsed) == 1);
    }

    private static Stream<Duration> phases() {
        return IntStream.range(0, 7).mapToObj(Phases.LENGTH::multipliedBy);
    }
}
