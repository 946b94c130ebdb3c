package io.reclaimer.budget;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import com.typesafe.config.Config;
import io.reclaimer.Reclaimer;
import io.reclaimer.ReclaimerSettings;
import io.reclaimer.shrinker.CgroupPath;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * The extension that keeps cgroups within their limits in bytes. The first {@link #get} of an actor system starts it,
 * with the limits in {@code reclaimer.budgets.limits}. Ends with the system. Thread-safe.
 *
 * <p>What a cgroup with limits holds is counted every {@code reclaimer.budgets.interval}, with its descendants. Above
 * {@code high}, a background round reclaims in its subtree until it holds no more than that; above {@code max}, a direct
 * round does. Other cgroups are not touched.
 *
 * <p>An invalid setting fails the first {@code get} with an {@link IllegalArgumentException} that names all errors.
 */
public final class Budgets implements Extension {

    private static final class Id extends ExtensionId<Budgets> {
        @Override
        public Budgets createExtension(ActorSystem<?> system) {
            return new Budgets(system);
        }
    }

    private static final Id ID = new Id();

    private final Reclaimer reclaimer;
    private final Executor answers;
    private final ActorRef<BudgetWatch.Command> watch;

    /** Written by the watch only, read by any thread. */
    private final Map<BudgetKey, BudgetStatus> status = new ConcurrentHashMap<>();

    private Budgets(ActorSystem<?> system) {
        this.reclaimer = Reclaimer.get(system);
        this.answers = system.dispatchers().lookup(DispatcherSelector.fromConfig("reclaimer.answer-dispatcher"));
        List<String> nodes = reclaimer.settings().nodes();
        BudgetSettings settings = BudgetSettings.of(system.settings().config(), nodes);
        this.watch = system.systemActorOf(
                BudgetWatch.create(settings, nodes, reclaimer.ref(), status),
                "reclaimer-budgets",
                DispatcherSelector.fromConfig("reclaimer.control-dispatcher"));
    }

    /**
     * Checks the settings of a configuration, and starts nothing.
     *
     * @throws IllegalArgumentException if settings are invalid; the message has all errors
     */
    public static void check(Config config) {
        BudgetSettings.of(config, ReclaimerSettings.from(config).nodes());
    }

    /** Returns the extension of {@code system}, and starts it if necessary. */
    public static Budgets get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** Returns the extension of {@code system} if it was started; starts nothing. */
    public static Optional<Budgets> find(ActorSystem<?> system) {
        return system.hasExtension(ID) ? Optional.of(get(system)) : Optional.empty();
    }

    /**
     * Sets the limits of a cgroup on a node, which replace those before. The cgroup need not be online.
     *
     * @param node its name, as in {@code reclaimer.nodes}
     * @return completed when the cgroup is within its limits or a round for it has missed its target, with what it holds
     *     then; completed exceptionally if what it holds could not be counted, or the system ends before
     * @throws io.reclaimer.shrinker.ReclaimerException if there is no such node
     */
    public CompletionStage<BudgetStatus> setLimits(CgroupPath cgroup, String node, Limits limits) {
        Objects.requireNonNull(cgroup, "cgroup");
        Objects.requireNonNull(limits, "limits");
        CompletableFuture<BudgetStatus> answer = new CompletableFuture<>();
        watch.tell(new BudgetWatch.SetLimits(
                new BudgetKey(cgroup, reclaimer.settings().node(node)), limits, answer));
        // Dependents of the application may block: they don't run on the thread of the actor.
        return answer.thenApplyAsync(Function.identity(), answers);
    }

    /** Returns the status of all cgroups with limits, by path and node, without a message to the actor. */
    public List<BudgetStatus> status() {
        return status.values().stream()
                .sorted(Comparator.comparing((BudgetStatus of) -> of.cgroup().toString())
                        .thenComparing(BudgetStatus::node))
                .toList();
    }
}
