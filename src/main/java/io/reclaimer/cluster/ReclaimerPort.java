package io.reclaimer.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import java.security.SecureRandom;
import java.util.function.Supplier;

/**
 * What {@link MemberParts} needs around it, on a real member: its reclaimer, whose answers come to the member's actor as
 * messages. Confined to that actor.
 */
record ReclaimerPort(
        ActorContext<ClusterMember.Command> context, Reclaimer reclaimer, Supplier<MemberParts.Heap> heapNow)
        implements MemberParts.Port<ActorRef<ClusterMessage>> {

    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    public void count(long round, ReclaimRequest request) {
        ActorRef<ClusterMember.Command> self = context.getSelf();
        ReclaimerCall.count(
                context, reclaimer, request, (report, why) -> self.tell(new ClusterMember.Counted(round, report, why)));
    }

    @Override
    public void reclaim(long round, int part, ReclaimRequest request) {
        ActorRef<ClusterMember.Command> self = context.getSelf();
        ReclaimerCall.reclaim(
                context,
                reclaimer,
                request,
                (report, why) -> self.tell(new ClusterMember.PartEnded(round, part, report, why)));
    }

    @Override
    public void send(ActorRef<ClusterMessage> to, ClusterMessage message) {
        to.tell(message);
    }

    @Override
    public MemberParts.Heap heap() {
        return heapNow.get();
    }

    @Override
    public long nonce() {
        return RANDOM.nextLong() | 1;
    }
}
