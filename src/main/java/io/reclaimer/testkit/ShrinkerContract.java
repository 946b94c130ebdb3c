package io.reclaimer.testkit;

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
 * The contract of a shrinker as tests: extend it, say how yours is made, and there is one test a clause, named and
 * numbered as in {@code shrinker-contract.md}. Each runs in a new actor system, with a new shrinker.
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
 * <p>A clause that does not apply (what is kept by cgroup, for a shrinker that is not cgroup aware) is reported as
 * aborted, with the reason. Works with JUnit 5.
 */
public abstract class ShrinkerContract {

    /** The cgroups that a shrinker has objects in; both are online, and have one parent. The first one goes offline. */
    public static final List<CgroupPath> CGROUPS = List.of(CgroupPath.of("/shop/web"), CgroupPath.of("/shop/orm"));

    /** So that what is kept by node has two of them. */
    private static final Config NODES = ConfigFactory.parseString("reclaimer.nodes = [heap, direct]");

    /**
     * Makes the shrinker, new and empty. Called for each clause; what it does may wait.
     *
     * @param reclaimer for shrinkers that register themselves; the {@link #CGROUPS} are online in it
     */
    protected abstract ContractSubject create(Reclaimer reclaimer);

    /** Settings of the actor system, before the defaults: none, where this is not overridden. */
    protected Config config() {
        return ConfigFactory.empty();
    }

    /** The tests. */
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
