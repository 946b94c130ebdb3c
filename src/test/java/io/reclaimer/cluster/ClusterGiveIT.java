package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.cluster.Members.One;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.TableShrinker;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members that limit what they free for rounds of others. */
class ClusterGiveIT {

    private static final long OBJECTS = 100_000;

    private static final long OBJECT_BYTES = ShrinkerSpec.DEFAULT_OBJECT_BYTES;

    private final Members members = Members.start(1);

    @AfterEach
    void end() {
        members.end();
    }

    @Test
    void memberThatGivesNothingRefusesOthersAndServesItself() {
        One closed = members.add("reclaimer.cluster.give = off");
        members.awaitAll();
        TableShrinker cache = closed.cache("/shop", OBJECTS);
        ClusterReport others = members.first().reclaim(Members.shop(1_000));
        assertThat(others.outcome()).isEqualTo(Outcome.PARTIAL);
        ClusterReport.Member refused = closed.part(others);
        assertThat(refused.outcome()).isEqualTo(MemberOutcome.REFUSED);
        assertThat(refused.reason())
                .hasValue("it frees nothing for rounds of other members [reclaimer.cluster.give = off]");
        assertThat(cache.objects()).isEqualTo(OBJECTS);

        ClusterReport own = closed.reclaim(Members.shop(1_000));
        assertThat(own.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(cache.objects()).isEqualTo(OBJECTS - own.freedObjects());
        assertThat(closed.cluster.status().gaveOthersBytes()).isZero();
        assertThat(closed.cluster.status().gaveObjects()).isEqualTo(own.freedObjects());
    }

    /** Both rounds end within far less than a minute. */
    @Test
    void memberGivesNoMoreThanSoMuchAMinute() {
        One bound = members.add("reclaimer.cluster.give = " + 2_000 * OBJECT_BYTES + " B");
        members.awaitAll();
        TableShrinker cache = bound.cache("/shop", OBJECTS);
        ClusterReport first = members.first().reclaim(Members.shop(1_000));
        assertThat(first.outcome()).isEqualTo(Outcome.TARGET_REACHED);
        assertThat(bound.part(first).reason()).isEqualTo(Optional.empty());
        ClusterReport second = members.first().reclaim(Members.shop(5_000));
        assertThat(second.outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(bound.part(second).isExhausted()).isFalse();
        assertThat(bound.part(second).reason())
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains("[" + 2_000 * OBJECT_BYTES + "] bytes a minute")
                        .contains("[reclaimer.cluster.give]"));
        // The limit may be exceeded by a batch per thread.
        assertThat(OBJECTS - cache.objects())
                .isEqualTo(first.freedObjects() + second.freedObjects())
                .isBetween(2_000L, 2_000L + 2 * 128);
        assertThat(bound.cluster.status().gaveOthersBytes()).isEqualTo((OBJECTS - cache.objects()) * OBJECT_BYTES);
    }
}
