package io.reclaimer.console;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ReclaimerException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Has a tenant that surges on this member pay on all of them: a round a second over the cluster, while this member is short
 * of heap. One at a time. Ends with its parent, or when the reclaimer does.
 */
final class SurgeRounds extends AbstractBehavior<SurgeRounds.Command> {

    sealed interface Command {}

    private enum Due implements Command {
        INSTANCE
    }

    private record Answered(
            CgroupPath tenant,
            @Nullable ClusterReport report,
            @Nullable Throwable failure) implements Command {}

    static final Duration INTERVAL = Duration.ofSeconds(1);
    static final long OBJECTS = 2_000;

    private final Function<ReclaimRequest, CompletionStage<ClusterReport>> reclaim;
    private final BooleanSupplier isShort;
    private final Supplier<Tenant> surging;
    private final Consumer<List<String>> print;
    private boolean underWay;

    private SurgeRounds(
            ActorContext<Command> context,
            Function<ReclaimRequest, CompletionStage<ClusterReport>> reclaim,
            BooleanSupplier isShort,
            Supplier<Tenant> surging,
            Consumer<List<String>> print) {
        super(context);
        this.reclaim = reclaim;
        this.isShort = isShort;
        this.surging = surging;
        this.print = print;
    }

    /**
     * @param reclaim requests a round over the cluster
     * @param isShort whether this member is short of heap
     * @param surging who surges now
     * @param print is given a line for each round
     */
    static Behavior<Command> create(
            Function<ReclaimRequest, CompletionStage<ClusterReport>> reclaim,
            BooleanSupplier isShort,
            Supplier<Tenant> surging,
            Consumer<List<String>> print) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Due.INSTANCE, Due.INSTANCE, INTERVAL);
            return new SurgeRounds(context, reclaim, isShort, surging, print);
        }));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Due.class, this::onDue)
                .onMessage(Answered.class, this::onAnswered)
                .build();
    }

    private Behavior<Command> onDue(Due message) {
        if (!underWay && isShort.getAsBoolean()) {
            underWay = true;
            CgroupPath tenant = surging.get().path();
            ReclaimRequest request = ReclaimRequest.in(tenant).objects(OBJECTS).within(INTERVAL);
            getContext().pipeToSelf(reclaim.apply(request), (report, failure) -> new Answered(tenant, report, failure));
        }
        return this;
    }

    private Behavior<Command> onAnswered(Answered message) {
        underWay = false;
        if (message.report() != null) {
            print.accept(List.of(line(message.report())));
        } else if (isOver(message.failure())) {
            return Behaviors.stopped();
        } else {
            getContext().getLog().warn("No round over the cluster on [{}]", message.tenant(), message.failure());
        }
        return this;
    }

    /** Who gave how much. */
    static String line(ClusterReport report) {
        return String.format(
                        Locale.ROOT,
                        "  cluster: %s surges; asked for %,d objects, freed %,d (%s) in %.1f ms: ",
                        report.cgroup(),
                        OBJECTS,
                        report.freedObjects(),
                        report.outcome().name().toLowerCase(Locale.ROOT),
                        report.elapsed().toNanos() / 1e6)
                + report.members().stream().map(SurgeRounds::part).collect(Collectors.joining(", "));
    }

    private static String part(ClusterReport.Member member) {
        String how = member.outcome() == ClusterReport.MemberOutcome.DONE
                ? ""
                : " " + member.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return String.format(Locale.ROOT, "%s %,d%s", member.member(), member.freedObjects(), how);
    }

    private static boolean isOver(@Nullable Throwable failure) {
        return Optional.ofNullable(failure)
                .map(thrown -> thrown instanceof CompletionException ? thrown.getCause() : thrown)
                .filter(cause -> cause instanceof ReclaimerException refusal
                        && refusal.reason() == ReclaimerException.Reason.SHUTTING_DOWN)
                .isPresent();
    }
}
