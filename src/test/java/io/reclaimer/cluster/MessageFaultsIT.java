package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.reclaimer.cluster.ClusterReport.MemberOutcome;
import io.reclaimer.cluster.ClusterReport.Outcome;
import io.reclaimer.testkit.Seeded;
import io.reclaimer.testkit.TableShrinker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounds whose messages are duplicated, late, reordered or lost. */
class MessageFaultsIT {

    private static final int ROUNDS = 30;

    /** Nothing is done twice, and lost messages are sent again, so each report is exact. */
    @ParameterizedTest
    @ValueSource(ints = {0, 10})
    void duplicatedDelayedReorderedAndLostMessagesCountOnce(int lost) {
        Seeded random = Seeded.create();
        Members members = Members.start(
                3,
                "reclaimer.cluster.resend-after = 100 ms",
                new MessageInterceptor(() -> new MessageFaults(random.fork(random.nextInt()), lost)));
        List<TableShrinker> caches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            caches.add(members.get(i).cache("/shop", 100_000));
        }
        List<CompletionStage<ClusterReport>> rounds = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            rounds.add(members.get(i % 3).cluster.reclaim(Members.shop(1_000)));
        }
        long freed = 0;
        for (CompletionStage<ClusterReport> round : rounds) {
            ClusterReport report = Members.await(members.first(), round);
            assertThat(report.outcome()).as("%s", random).isEqualTo(Outcome.TARGET_REACHED);
            assertThat(report.members())
                    .extracting(ClusterReport.Member::outcome)
                    .as("%s %s", random, report)
                    .containsOnly(MemberOutcome.DONE);
            freed += report.freedObjects();
        }
        assertThat(freed)
                .as("%s", random)
                .isEqualTo(300_000
                        - caches.stream().mapToLong(TableShrinker::objects).sum());
        members.end();
    }

    /**
     * Duplicates, delays, reorders and loses some messages.
     *
     * @param lost the number of lost messages in a hundred
     * @param through messages that were delayed, and pass the next time
     */
    private record MessageFaults(Seeded random, int lost, Set<ClusterMessage> through)
            implements MessageInterceptor.Rule {

        private static final int LATEST_MILLIS = 60;

        MessageFaults(Seeded random, int lost) {
            this(random, lost, Collections.newSetFromMap(new IdentityHashMap<>()));
        }

        @Override
        public Behavior<ClusterMember.Command> apply(
                TypedActorContext<ClusterMember.Command> context,
                ClusterMessage message,
                BehaviorInterceptor.ReceiveTarget<ClusterMember.Command> target) {
            if (through.remove(message)) {
                return target.apply(context, message);
            }
            Behavior<ClusterMember.Command> next = Behaviors.same();
            if (random.nextInt(100) < lost) {
                return next;
            }
            boolean late = random.nextBoolean();
            if (!late) {
                next = target.apply(context, message);
            }
            if (late || random.nextInt(3) == 0) {
                through.add(message);
                Duration delay = Duration.ofMillis(random.nextInt(LATEST_MILLIS));
                context.asJava().scheduleOnce(delay, context.asJava().getSelf(), message);
            }
            return next;
        }
    }
}
