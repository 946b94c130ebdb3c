package io.reclaimer.budget;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.pattern.StatusReply;
import io.reclaimer.CountReport;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.ReclaimerProtocol;
import io.reclaimer.RoundReport;
import io.reclaimer.shrinker.Protection;
import io.reclaimer.shrinker.RoundOutcome;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The actor that counts what cgroups with limits hold, and starts rounds in those that hold too much. */
final class BudgetWatch extends AbstractBehavior<BudgetWatch.Command> {

    private static final Logger LOG = LoggerFactory.getLogger(BudgetWatch.class);

    sealed interface Command {}

    /** From {@link Budgets}. The answer is completed when the cgroup is within its limits, or can't be. */
    record SetLimits(BudgetKey key, Limits limits, CompletableFuture<BudgetStatus> answer) implements Command {}

    /** To itself: it is time for the next counts. */
    private enum Look implements Command {
        INSTANCE
    }

    private record Counted(BudgetKey key, CountReport report) implements Command {}

    private record Reclaimed(BudgetKey key, ReclaimReport report) implements Command {}

    /** A count or a round was not made. */
    private record Failed(BudgetKey key, Throwable why) implements Command {}

    /** Counts and rounds under way at a time. Each is a round of the reclaimer, which others need, too. */
    private static final int MAX_UNDER_WAY = 8;

    private final BudgetSettings settings;
    private final List<String> nodes;
    private final ActorRef<ReclaimerProtocol.Command> reclaimer;
    private final Map<BudgetKey, BudgetStatus> published;
    private final Map<BudgetKey, Budget> budgets = new LinkedHashMap<>();

    /** Those whose next count waits for others, in order. */
    private final Set<Budget> waiting = new LinkedHashSet<>();

    private int underWay;

    /** @param published receives the status of each cgroup with limits */
    static Behavior<Command> create(
            BudgetSettings settings,
            List<String> nodes,
            ActorRef<ReclaimerProtocol.Command> reclaimer,
            Map<BudgetKey, BudgetStatus> published) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Look.INSTANCE, Look.INSTANCE, settings.interval());
            return new BudgetWatch(context, settings, nodes, reclaimer, published);
        }));
    }

    private BudgetWatch(
            ActorContext<Command> context,
            BudgetSettings settings,
            List<String> nodes,
            ActorRef<ReclaimerProtocol.Command> reclaimer,
            Map<BudgetKey, BudgetStatus> published) {
        super(context);
        this.settings = settings;
        this.nodes = nodes;
        this.reclaimer = reclaimer;
        this.published = published;
        settings.limits().forEach(this::add);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Look.class, look -> onLook())
                .onMessage(SetLimits.class, this::onSetLimits)
                .onMessage(Counted.class, this::onCounted)
                .onMessage(Reclaimed.class, this::onReclaimed)
                .onMessage(Failed.class, this::onFailed)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    private Budget add(BudgetKey key, Limits limits) {
        Budget budget = new Budget(key, nodes.get(key.node()), limits);
        budgets.put(key, budget);
        publish(budget);
        return budget;
    }

    private void publish(Budget budget) {
        published.put(budget.key(), budget.status());
    }

    private Behavior<Command> onLook() {
        for (int node = 0; node < nodes.size(); node++) {
            protect(node);
        }
        long now = System.nanoTime();
        budgets.values().stream().filter(budget -> budget.isDue(now)).forEach(waiting::add);
        countNext();
        return this;
    }

    /** Begins counts of those that wait, as many as may be under way. */
    private void countNext() {
        Iterator<Budget> next = waiting.iterator();
        while (underWay < MAX_UNDER_WAY && next.hasNext()) {
            Budget budget = next.next();
            next.remove();
            if (budgets.get(budget.key()) == budget && budget.isDue(System.nanoTime())) {
                count(budget);
            }
        }
    }

    private void end(Budget budget) {
        budget.end(System.nanoTime(), settings);
        publish(budget);
        countNext();
    }

    private Behavior<Command> onSetLimits(SetLimits message) {
        Budget known = budgets.get(message.key());
        if (message.limits().isNone()) {
            budgets.remove(message.key());
            published.remove(message.key());
            if (known != null && known.protection() != Protection.NONE) {
                known.setProtection(Protection.NONE);
                tellProtection(known, Protection.NONE);
            }
            Budget removed = known != null
                    ? known
                    : new Budget(message.key(), nodes.get(message.key().node()), Limits.none());
            removed.setLimits(message.limits());
            removed.answerAll();
            message.answer().complete(removed.status());
            return this;
        }
        Budget budget = known != null ? known : add(message.key(), message.limits());
        budget.setLimits(message.limits());
        budget.awaitNextCount(message.answer());
        publish(budget);
        waiting.add(budget);
        countNext();
        return this;
    }

    private void count(Budget budget) {
        budget.beginCount();
        ask(budget, request(budget), ReclaimerProtocol.Count::new, Counted::new);
    }

    private ReclaimRequest request(Budget budget) {
        return ReclaimRequest.in(budget.key().cgroup())
                .onNodes(budget.key().node())
                .within(settings.deadline());
    }

    private <T extends RoundReport> void ask(
            Budget budget,
            ReclaimRequest request,
            BiFunction<ReclaimRequest, ActorRef<StatusReply<T>>, ReclaimerProtocol.Command> message,
            BiFunction<BudgetKey, T, Command> answer) {
        ActorRef<Command> self = getContext().getSelf();
        BudgetKey key = budget.key();
        Function<StatusReply<T>, Command> answered =
                reply -> reply.isSuccess() ? answer.apply(key, reply.getValue()) : new Failed(key, reply.getError());
        ActorRef<StatusReply<T>> replyTo = getContext().spawnAnonymous(Behaviors.receiveMessage(reply -> {
            self.tell(answered.apply(reply));
            return Behaviors.stopped();
        }));
        underWay++;
        reclaimer.tell(message.apply(request, replyTo));
    }

    private Behavior<Command> onCounted(Counted message) {
        underWay--;
        Budget budget = budgets.get(message.key());
        CountReport report = message.report();
        if (report.outcome() == RoundOutcome.SHUTDOWN) {
            return this;
        }
        if (budget == null) {
            countNext();
        } else if (report.outcome() == RoundOutcome.DONE || report.outcome() == RoundOutcome.NOT_ONLINE) {
            budget.setHeld(report.heldBytes());
            if (budget.isAwaited()) {
                protect(budget.key().node());
            }
            if (report.outcome() == RoundOutcome.DONE && budget.protection() != Protection.NONE) {
                // Again, because it may have come online since it was told.
                tellProtection(budget, budget.protection());
            }
            reclaimOrEnd(budget, report.heldBytes());
        } else {
            // It is counted again at the next time.
            warnNotCounted(budget, report.outcome().toString());
            end(budget);
        }
        return this;
    }

    /** Protects the limited cgroups of a node by what they held when they were counted last. */
    private void protect(int node) {
        List<Budget> ofNode = budgets.values().stream()
                .filter(budget -> budget.key().node() == node)
                .toList();
        EffectiveProtection effective =
                new EffectiveProtection(ofNode.stream().map(Budget::status).toList());
        for (Budget budget : ofNode) {
            Protection level = effective.of(budget.key().cgroup());
            if (budget.protection() != level) {
                budget.setProtection(level);
                tellProtection(budget, level);
                publish(budget);
            }
        }
    }

    private void tellProtection(Budget budget, Protection level) {
        reclaimer.tell(new ReclaimerProtocol.Protect(
                budget.key().cgroup(),
                nodes.get(budget.key().node()),
                level,
                getContext().getSystem().ignoreRef()));
    }

    private void reclaimOrEnd(Budget budget, long held) {
        Limits limits = budget.limits();
        if (limits.isAboveMax(held)) {
            budget.beginRound(true);
            reclaim(budget, request(budget).untilHeldIs(limits.max().orElseThrow()));
        } else if (limits.isAboveHigh(held)) {
            budget.beginRound(false);
            reclaim(
                    budget,
                    request(budget).background().untilHeldIs(limits.high().orElseThrow()));
        } else {
            end(budget);
        }
    }

    private void reclaim(Budget budget, ReclaimRequest request) {
        publish(budget);
        ask(budget, request, ReclaimerProtocol.Reclaim::new, Reclaimed::new);
    }

    private Behavior<Command> onReclaimed(Reclaimed message) {
        underWay--;
        Budget budget = budgets.get(message.key());
        ReclaimReport report = message.report();
        if (report.outcome() == RoundOutcome.SHUTDOWN) {
            return this;
        }
        if (budget == null) {
            countNext();
            return this;
        }
        report.heldBytes().ifPresent(budget::setHeld);
        budget.endRound(report.outcome(), report.freedBytes());
        if (budget.isInVain() && budget.isWarningDue(System.nanoTime())) {
            warn(budget, report);
        }
        if (report.outcome() == RoundOutcome.TARGET_REACHED) {
            // It is not above max any more, but may be above high.
            reclaimOrEnd(budget, report.heldBytes().orElse(0));
        } else {
            end(budget);
        }
        return this;
    }

    private void warn(Budget budget, ReclaimReport report) {
        LOG.warn(
                "Cgroup [{}] on node [{}] holds [{}] bytes, more than its limits [{}] allow, and a round has freed nothing: it"
                        + " ended with [{}], visits that were not made: {}. The next round waits. This is said at most once a"
                        + " minute",
                budget.key().cgroup(),
                nodes.get(budget.key().node()),
                report.heldBytes().orElse(0),
                budget.limits(),
                report.outcome(),
                report.shortfalls());
    }

    private void warnNotCounted(Budget budget, String why) {
        if (budget.isWarningDue(System.nanoTime())) {
            LOG.warn(
                    "The limits [{}] of cgroup [{}] on node [{}] are not kept now, because what it holds could not be counted:"
                            + " {}. It is tried again. This is said at most once a minute",
                    budget.limits(),
                    budget.key().cgroup(),
                    nodes.get(budget.key().node()),
                    why);
        }
    }

    private Behavior<Command> onFailed(Failed message) {
        underWay--;
        Budget budget = budgets.get(message.key());
        if (budget == null) {
            countNext();
        } else {
            warnNotCounted(budget, String.valueOf(message.why().getMessage()));
            budget.fail(message.why());
            end(budget);
        }
        return this;
    }

    private Behavior<Command> onPostStop() {
        budgets.values().forEach(Budget::failAll);
        return this;
    }
}
