package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.Leave;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.cluster.ClusterMember.State;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.Gate;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.TableShrinker;
import io.reclaimer.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Members of one cluster in this JVM, each an actor system of its own with a reclaimer, over real sockets. */
final class Members {

    static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Short intervals of failure detection and gossip; otherwise the defaults of Akka, also of the split brain resolver. */
    static final String CONFIG = """
        akka.actor.provider = cluster
        akka.remote.artery.canonical.hostname = "127.0.0.1"
        akka.remote.artery.canonical.port = 0
        akka.cluster.jmx.enabled = off
        akka.cluster.gossip-interval = 100 ms
        akka.cluster.leader-actions-interval = 100 ms
        akka.cluster.unreachable-nodes-reaper-interval = 200 ms
        akka.cluster.periodic-tasks-initial-delay = 100 ms
        akka.cluster.downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
        akka.cluster.typed.receptionist.distributed-data.gossip-interval = 200 ms
        akka.cluster.typed.receptionist.distributed-data.notify-subscribers-interval = 100 ms
        akka.cluster.distributed-data.gossip-interval = 200 ms
        akka.cluster.distributed-data.notify-subscribers-interval = 100 ms
        reclaimer.cluster.table.enabled = on
        reclaimer.cluster.table.interval = 200 ms
        """;

    /** One member. */
    static final class One {
        final ReclaimerTestSystem kit;
        final ClusterReclaimer cluster;

        One(ReclaimerTestSystem kit, ClusterMember.Interceptors interceptors) {
            this.kit = kit;
            this.cluster = new ClusterReclaimer(kit.system(), interceptors);
        }

        String name() {
            return cluster.member();
        }

        Reclaimer reclaimer() {
            return kit.reclaimer();
        }

        /** Registers a cache with objects in a cgroup, which is brought online. */
        TableShrinker cache(String path, long objects) {
            TableShrinker model = TableShrinker.full();
            cache(path, model);
            model.put(CgroupPath.of(path), 0, objects);
            return model;
        }

        ShrinkerHandle cache(String path, Shrinker shrinker) {
            Cgroup cgroup = kit.await(reclaimer().onlineWithParents(path));
            ShrinkerHandle handle = kit.register(
                    ShrinkerSpec.named("pages" + path.replace('/', '-'))
                            .byCgroup()
                            .byNode(),
                    shrinker);
            handle.setBit(cgroup, 0);
            kit.settle();
            return handle;
        }

        /** Runs a round over the cluster. */
        ClusterReport reclaim(ReclaimRequest request) {
            return kit.await(cluster.reclaim(request));
        }

        ClusterReport reclaim(ClusterRequest request) {
            return kit.await(cluster.reclaim(request));
        }

        /** The entry of this member in a report. */
        ClusterReport.Member part(ClusterReport report) {
            return Members.part(report, name());
        }

        /** Waits until the table has that number of rows. */
        void awaitRows(int rows) {
            Threads.until(() -> cluster.table().rows().size() == rows, cluster::table);
        }

        /** Sends a message over the socket. */
        void sendTo(One other, ClusterMessage message) {
            ActorRefResolver here = ActorRefResolver.get(kit.system());
            ActorRef<ClusterMessage> ref = other.cluster.ref().narrow();
            here.<ClusterMessage>resolveActorRef(
                            ActorRefResolver.get(other.kit.system()).toSerializationFormat(ref))
                    .tell(message);
        }

        /** Whether the member is shutting down. */
        boolean isLeaving() {
            return CoordinatedShutdown.get(kit.system()).getShutdownReason().isPresent();
        }

        /** Waits until the actor system has ended by itself. */
        void awaitTermination() {
            kit.await(kit.system().getWhenTerminated());
        }

        State state() {
            return kit.await(AskPattern.ask(
                    cluster.ref(),
                    ClusterMember.GetState::new,
                    PATIENCE,
                    kit.system().scheduler()));
        }
    }

    /** Read by others while members come and go. */
    private final List<One> members = new CopyOnWriteArrayList<>();

    private final String settings;
    private final ClusterMember.Interceptors interceptors;

    private Members(String settings, UnaryOperator<Behavior<ClusterMember.Command>> interceptor) {
        this.settings = settings;
        this.interceptors = new ClusterMember.Interceptors(interceptor, round -> round);
    }

    /** Starts members, and waits until each knows all. */
    static Members start(int count, String settings, UnaryOperator<Behavior<ClusterMember.Command>> interceptor) {
        Members members = new Members(settings, interceptor);
        for (int i = 0; i < count; i++) {
            members.add("");
        }
        members.awaitAll();
        return members;
    }

    static Members start(int count) {
        return start(count, "", behavior -> behavior);
    }

    /** Starts one more member, which joins. The others may not know it yet. */
    One add(String more) {
        One one = new One(ReclaimerTestSystem.start(more + "\n" + settings + "\n" + CONFIG), interceptors);
        members.add(one);
        Cluster.get(one.kit.system())
                .manager()
                .tell(Join.create(Cluster.get(first().kit.system()).selfMember().address()));
        return one;
    }

    One first() {
        return members.get(0);
    }

    One get(int index) {
        return members.get(index);
    }

    List<One> all() {
        return List.copyOf(members);
    }

    /** Waits until each member knows all, and can reach them. */
    void awaitAll() {
        awaitAll(members);
    }

    static void awaitAll(List<One> members) {
        List<String> names = members.stream().map(One::name).sorted().toList();
        for (One one : members) {
            Threads.until(
                    () -> {
                        State state = one.state();
                        return state.members().equals(names) && state.present().equals(names);
                    },
                    () -> one.name() + " knows " + one.state());
        }
    }

    /** Makes a member leave, as when it is told to end. */
    void leave(One one) {
        Cluster.get(one.kit.system())
                .manager()
                .tell(Leave.create(Cluster.get(one.kit.system()).selfMember().address()));
    }

    /** Stops a member that is gone, or about to be, and checks it no more. */
    void forget(One one) {
        members.remove(one);
        one.kit.stop();
    }

    /** Makes a member leave, and waits until it has ended. */
    void leaveAndForget(One one) {
        members.remove(one);
        leave(one);
        one.awaitTermination();
        one.kit.stop();
    }

    /** A request for objects of /shop. */
    static ReclaimRequest shop(long objects) {
        return ReclaimRequest.in("/shop").objects(objects).within(Duration.ofMinutes(1));
    }

    /** A shrinker whose scans pass a gate, and then free all that they are asked for. */
    static Scripted gated(long objects, Gate gate) {
        return new Scripted(any -> objects, control -> {
            gate.pass();
            return control.nrToScan();
        });
    }

    static <T> T await(One one, CompletionStage<T> stage) {
        return one.kit.await(stage);
    }

    /** The entry of a member in a report. */
    static ClusterReport.Member part(ClusterReport report, String member) {
        return report.members().stream()
                .filter(part -> part.member().equals(member))
                .findFirst()
                .orElseThrow();
    }

    /** Checks that nothing is under way, and nothing is held. */
    void checkNothingLeft() {
        for (One one : members) {
            Threads.until(
                    () -> one.state().rounds() == 0
                            && one.state().parts() == 0
                            && one.kit.state().runningRounds() == 0,
                    () -> one.name() + ": " + one.state());
            one.kit.check();
        }
    }

    void stop() {
        members.parallelStream().forEach(one -> one.kit.stop());
        members.clear();
    }

    /** Checks and stops. */
    void end() {
        try {
            checkNothingLeft();
            assertThat(members).isNotEmpty();
        } finally {
            stop();
        }
    }
}
