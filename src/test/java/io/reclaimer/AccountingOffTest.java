package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Cache;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Passes while object accounting is off. */
class AccountingOffTest {

    @RegisterExtension
    final ReclaimerExtension kit = ReclaimerExtension.create().with("reclaimer.object-accounting = off");

    private final ShrinkerSpec spec = ShrinkerSpec.named("pages").byCgroup().byNode();

    @Test
    void shrinkerThatIsNotNonSlabIsSkippedAndItsBitStays() {
        Cgroup shop = kit.online("/shop");
        Cache pages = Cache.register(kit, spec);
        pages.put(shop, 0, 10);
        kit.settle();
        assertThat(kit.pass("/shop", 0, 0).visits()).isZero();
        assertThat(kit.state("/shop", 0).bits()).containsExactly(pages.handle().id());
    }

    @Test
    void nonSlabShrinkerIsVisited() {
        Cgroup shop = kit.online("/shop");
        Cache slab = Cache.register(kit, spec);
        Cache other = Cache.register(kit, spec.alsoWithoutAccounting());
        slab.put(shop, 0, 10);
        other.put(shop, 0, 10);
        kit.settle();
        assertThat(kit.pass("/shop", 0, 0).freedObjects()).isEqualTo(10);
        assertThat(other.objects(shop, 0)).isZero();
    }

    @Test
    void everyShrinkerIsVisitedOnTheRoot() {
        Cache pages = Cache.register(kit, spec);
        Cgroup root = kit.online("/");
        pages.put(root, 0, 10);
        assertThat(kit.pass("/", 0, 0).freedObjects()).isEqualTo(10);
    }

    /** A skipped shrinker that stayed held could never be freed. */
    @Test
    void skippedShrinkerIsReleased() {
        Cgroup shop = kit.online("/shop");
        Cache pages = Cache.register(kit, spec);
        pages.put(shop, 0, 10);
        kit.settle();
        kit.pass("/shop", 0, 0);
        assertThat(kit.state().shrinkers()).allMatch(shrinker -> shrinker.holds() == 0);
        kit.await(pages.handle().free());
    }
}
