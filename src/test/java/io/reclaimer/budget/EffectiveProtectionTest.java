package io.reclaimer.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Protection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A cgroup is protected by its own limits, and no more than those above it have to give. */
class EffectiveProtectionTest {

    private final List<BudgetStatus> budgets = new ArrayList<>();

    private void add(String cgroup, long held, Limits limits) {
        budgets.add(new BudgetStatus(
                CgroupPath.of(cgroup),
                "heap",
                limits,
                OptionalLong.of(held),
                held,
                0,
                0,
                Optional.empty(),
                Protection.NONE));
    }

    private Protection of(String cgroup) {
        return new EffectiveProtection(budgets).of(CgroupPath.of(cgroup));
    }

    @Test
    void upToItsOwnLimitsBelowTheRoot() {
        add("/a", 10, Limits.none().min(10).low(20));
        add("/b", 11, Limits.none().min(10).low(20));
        add("/c", 21, Limits.none().min(10).low(20));
        assertThat(of("/a")).isEqualTo(Protection.MIN);
        assertThat(of("/b")).isEqualTo(Protection.LOW);
        assertThat(of("/c")).isEqualTo(Protection.NONE);
        assertThat(of("/unknown")).isEqualTo(Protection.NONE);
    }

    @Test
    void notBelowAParentThatHasNone() {
        add("/a/b", 10, Limits.none().min(10).low(10));
        assertThat(of("/a/b")).isEqualTo(Protection.NONE);
        add("/a", 10, Limits.none().high(100));
        assertThat(of("/a/b")).isEqualTo(Protection.NONE);
    }

    @Test
    void byAParentThatHasAsMuch() {
        add("/a", 30, Limits.none().low(30));
        add("/a/b", 10, Limits.none().low(10));
        add("/a/c", 20, Limits.none().low(20));
        assertThat(of("/a/b")).isEqualTo(Protection.LOW);
        assertThat(of("/a/c")).isEqualTo(Protection.LOW);
    }

    /** The parent holds 40 and keeps 15 of it: two children that claim 30 together can't keep all. */
    @Test
    void notIfSiblingsClaimMoreThanTheParentHas() {
        add("/a", 40, Limits.none().min(15));
        add("/a/b", 10, Limits.none().min(10));
        add("/a/c", 20, Limits.none().min(20));
        assertThat(of("/a/b")).isEqualTo(Protection.NONE);
        assertThat(of("/a/c")).isEqualTo(Protection.NONE);
    }

    /** A sibling that holds little claims little. */
    @Test
    void ifSiblingsHoldLittleOfWhatTheyMayKeep() {
        add("/a", 12, Limits.none().min(15));
        add("/a/b", 10, Limits.none().min(10));
        add("/a/c", 2, Limits.none().min(20));
        assertThat(of("/a/b")).isEqualTo(Protection.MIN);
        assertThat(of("/a/c")).isEqualTo(Protection.MIN);
    }
}
