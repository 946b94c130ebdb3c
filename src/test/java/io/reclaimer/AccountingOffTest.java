package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Passes while object accounting is off. */
class AccountingOffTest {

    @RegisterExtension
    static final SharedReclaimer KIT = SharedReclaimer.create().with("reclaimer.object-accounting = off");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    /** A skipped shrinker that stayed held could never be freed. */
    @Test
    void shrinkerThatIsNotNonSlabIsSkippedAndReleasedAndItsBitStays() {
        Cache pages = Cache.registerIn(KIT, "/shop", spec, 10);
        assertThat(KIT.pass("/shop", 0, 0).visits()).isZero();
        assertThat(KIT.state("/shop", 0).bits()).containsExactly(pages.handle().id());
        assertThat(pages.handle().state().holds()).isZero();
        KIT.await(pages.handle().free());
    }

    @Test
    void nonSlabShrinkerIsVisited() {
        Cache.registerIn(KIT, "/shop", spec, 10);
        Cache other = Cache.registerIn(KIT, "/shop", spec.alsoWithoutAccounting(), 10);
        assertThat(KIT.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
        assertThat(other.table().objects()).isZero();
    }

    @Test
    void everyShrinkerIsVisitedOnTheRoot() {
        Cache.registerIn(KIT, "/", spec, 10);
        assertThat(KIT.pass("/", 0, 0).freedObjects()).isEqualTo(10);
    }
}
