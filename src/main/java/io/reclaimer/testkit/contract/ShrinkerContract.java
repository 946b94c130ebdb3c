package io.reclaimer.testkit.contract;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.CgroupPath;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract of a shrinker as JUnit 5 tests. Extend it and override {@link #create}: there is one test for each clause, with the
 * name and number of {@code shrinker-contract.md}. Each test runs in a new actor system with a new shrinker.
 *
 * <pre>{@code
 * class PageCacheContractTest extends ShrinkerContract {
 *     protected ContractSubject create(Reclaimer reclaimer) {
 *         PageCache cache = new PageCache();
 *         return ContractSubject.of(ShrinkerSpec.named("pages").byCgroup(), cache)
 *                 .adds((handle, cgroup, node) -> cache.put(handle, cgroup, new Page()))
 *                 .holds((cgroup, node) -> cache.pages(cgroup));
 *     }
 * }
 * }</pre>
 *
 * <p>A clause that does not apply, such as a clause about cgroups for a shrinker that is not cgroup aware, is reported as aborted,
 * with the reason.
 */
public abstract class ShrinkerContract {

    /** The cgroups of the objects. Both are online and have the same parent. The first one goes offline. */
    public static final List<CgroupPath> CGROUPS = List.of(CgroupPath.of("/shop/web"), CgroupPath.of("/shop/orm"));

    /** Two nodes, for shrinkers that are NUMA aware. */
    private static final Config NODES = ConfigFactory.parseString("reclaimer.nodes = [heap, direct]");

    /**
     * Creates the shrinker, empty. Called once for each clause; may block.
     *
     * @param reclaimer where a shrinker registers that registers itself; the {@link #CGROUPS} are online
     */
    protected abstract ContractSubject create(Reclaimer reclaimer);

    /** Settings of the actor system, before the defaults. None, where this is not overridden. */
    protected Config config() {
        return ConfigFactory.empty();
    }

    /** The tests, one for each clause. */
    @TestFactory
    protected final Stream<DynamicTest> contract() {
        return Arrays.stream(Clause.values())
                .map(clause -> DynamicTest.dynamicTest(clause.number() + " " + clause.title(), () -> check(clause)));
    }

    void check(Clause clause) {
        Config config = config().withFallback(NODES).withFallback(ActorTestKit.applicationTestConfig());
        ContractRun.check(clause, config, this::create);
    }
}
