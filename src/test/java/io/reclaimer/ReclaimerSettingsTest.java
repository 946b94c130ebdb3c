package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.engine.call.BlockingThreads;
import io.reclaimer.engine.call.Refaults;
import io.reclaimer.shrinker.ReclaimerException;
import io.reclaimer.shrinker.ReclaimerException.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReclaimerSettingsTest {

    private static final Config DEFAULTS = ConfigFactory.load();

    @Test
    void defaultsAreThoseOfTheReferenceFile() {
        ReclaimerSettings settings = ReclaimerSettings.from(DEFAULTS);
        assertThat(settings.nodes()).containsExactly("heap");
        assertThat(settings.node("heap")).isZero();
        assertThat(settings.roundDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.isCgroupsEnabled()).isTrue();
        assertThat(settings.engine().cgroups().objectAccounting()).isTrue();
        assertThat(settings.engine().cgroups().idLimit()).isEqualTo(65_536);
        assertThat(settings.engine().calls().lateAfter()).isEqualTo(Duration.ofMillis(50));
        assertThat(settings.engine().cgroups().offlineTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.engine().cgroups().idleAfter()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.engine().rounds().max()).isEqualTo(64);
        assertThat(settings.engine().rounds().reportEntries()).isEqualTo(32);
        assertThat(settings.engine().quarantine().afterFaults()).isEqualTo(5);
        assertThat(settings.engine().quarantine().duration()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.engine().rounds().deadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.engine().calls().deadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.engine().rounds().strictOrder()).isTrue();
        assertThat(settings.engine().calls().blocking()).isEqualTo(16);
        assertThat(settings.engine().calls().blockingPerShrinker()).isEqualTo(2);
        assertThat(settings.blockingThreads()).isEqualTo(BlockingThreads.AUTO);
        assertThat(settings.engine().refaults()).isEqualTo(new Refaults.Settings(false, 8, Duration.ofMinutes(1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nodes = []                      | reclaimer.nodes is [[]]                     | one or more
                    nodes = [a, a]                  | reclaimer.nodes is [[a, a]]                 | none twice
                    nodes = [direct, heap]          | reclaimer.nodes is [[direct, heap]]         | [heap] as the first
                    nodes = [old, heap, direct]     | reclaimer.nodes is [[old, heap, direct]]    | [heap] as the first
                    nodes = ["a b"]                 | reclaimer.nodes is [[a b]]                  | A-Z a-z 0-9
                    cgroups = [shop]                | is no cgroup path                           | /a/b
                    cgroups = 7                     | reclaimer.cgroups is [7]                    | a list of paths
                    nodes = [""]                    | reclaimer.nodes is [[]]                     | 1 to 64
                    id-limit = 63                   | reclaimer.id-limit is [63]                  | 64 to 1048576
                    id-limit = 1048640              | reclaimer.id-limit is [1048640]             | 64 to 1048576
                    id-limit = 100                  | reclaimer.id-limit is [100]                 | a multiple of 64
                    late-after = 0s                 | reclaimer.late-after is [0s]                | above 0
                    late-after = 10us               | reclaimer.late-after is [10us]              | 1ms to 1h
                    late-after = 2h                 | reclaimer.late-after is [2h]                | at most 1h
                    offline-timeout = 0s            | reclaimer.offline-timeout is [0s]           | above 0
                    idle-after = 0s                 | reclaimer.idle-after is [0s]                | at most 24h
                    idle-after = 25h                | reclaimer.idle-after is [25h]               | at most 24h
                    round-deadline = 0s             | reclaimer.round-deadline is [0s]            | above 0
                    max-rounds = 0                  | reclaimer.max-rounds is [0]                 | 1 or more
                    report-entries = -1             | reclaimer.report-entries is [-1]            | 0 to 1024
                    report-entries = 1025           | reclaimer.report-entries is [1025]          | 0 to 1024
                    quarantine.after-faults = 0     | reclaimer.quarantine.after-faults is [0]    | 1 or more
                    quarantine.duration = 0s        | reclaimer.quarantine.duration is [0s]       | above 0
                    call-deadline = 0s              | reclaimer.call-deadline is [0s]             | at most 1h
                    call-deadline = 61m             | reclaimer.call-deadline is [61m]            | at most 1h
                    visit-order = any               | reclaimer.visit-order is [any]              | strict, relaxed
                    blocking.threads = green        | reclaimer.blocking.threads is [green]       | auto, virtual, platform
                    blocking.calls = 0              | reclaimer.blocking.calls is [0]             | 1 to 1024
                    blocking.calls-per-shrinker = 0 | reclaimer.blocking.calls-per-shrinker is [0] | 1 to 1024
                    thrash.max-factor = 0.5        | reclaimer.thrash.max-factor is [0.5]       | 1 to 1000
                    thrash.half-life = 0s           | reclaimer.thrash.half-life is [0s]          | above 0
                    quarantine.duration = 61m       | reclaimer.quarantine.duration is [61m]       | at most 1h
                    """)
    void badValueIsRefusedByKeyValueAndWhatIsAllowed(String setting, String named, String allowed) {
        assertThatThrownBy(() -> ReclaimerSettings.from(with(setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(named, allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "nodes = 3, nodes, none twice",
        "cgroups-enabled = maybe, cgroups-enabled, on or off",
        "object-accounting = [], object-accounting, on or off",
        "id-limit = many, id-limit, 64 to 1048576",
        "late-after = soon, late-after, at most 1h",
        "max-rounds = 1e12, max-rounds, 1 or more",
        "call-deadline = [], call-deadline, at most 1h",
        "visit-order = [], visit-order, strict",
        "thrash.raise-seeks = often, thrash.raise-seeks, on or off",
        "thrash.max-factor = much, thrash.max-factor, 1 to 1000",
        "quarantine = 7, quarantine, ''",
        "round-deadline = null, round-deadline, ''"
    })
    void valueOfAnotherKindIsRefusedByKeyAndWhatIsAllowed(String setting, String key, String allowed) {
        assertThatThrownBy(() -> ReclaimerSettings.from(with(setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(key, allowed);
    }

    @Test
    void virtualThreadsAreRefusedWhereTheJvmHasNone() {
        if (BlockingThreads.VIRTUAL.isSupported()) {
            assertThat(ReclaimerSettings.from(with("blocking.threads = virtual"))
                            .blockingThreads())
                    .isEqualTo(BlockingThreads.VIRTUAL);
        } else {
            assertThatThrownBy(() -> ReclaimerSettings.from(with("blocking.threads = virtual")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("[virtual]", "auto or platform", "no virtual threads");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "id-limit = 64",
        "id-limit = 1048576",
        "report-entries = 0",
        "quarantine.duration = 1h",
        "max-rounds = 1"
    })
    void limitsThemselvesAreAllowed(String setting) {
        assertThat(ReclaimerSettings.from(with(setting)).nodes()).hasSize(1);
    }

    @Test
    void nodesAreNumberedInTheirOrder() {
        ReclaimerSettings settings = ReclaimerSettings.from(with("nodes = [heap, direct]"));
        assertThat(settings.node("heap")).isZero();
        assertThat(settings.node("direct")).isOne();
        assertThatThrownBy(() -> settings.node("disk"))
                .isInstanceOfSatisfying(
                        ReclaimerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_NODE))
                .hasMessageContainingAll("[disk]", "[heap, direct]");
    }

    private static Config with(String setting) {
        return ConfigFactory.parseString("reclaimer." + setting).withFallback(DEFAULTS);
    }
}
