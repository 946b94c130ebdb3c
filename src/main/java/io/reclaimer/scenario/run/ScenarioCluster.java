package io.reclaimer.scenario.run;

import io.reclaimer.ReclaimRequest;
import io.reclaimer.cluster.ClusterReport;
import io.reclaimer.cluster.ClusterRequest;
import io.reclaimer.scenario.model.ClusterModel;
import io.reclaimer.scenario.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The cluster of the members of a scenario, and the modelled network between them. Confined to one thread. */
final class ScenarioCluster implements VirtualCluster.Network {

    private final ClusterModel model;
    private final VirtualTime time;
    private final Random random;
    private final VirtualCluster cluster;

    /** Members that neither send nor receive, with the deliveries that wait until they wake. */
    private final Map<String, List<Runnable>> frozen = new HashMap<>();

    private final Set<String> killed = new HashSet<>();

    ScenarioCluster(ClusterModel model, List<ScenarioMember> members, VirtualTime time, Random random) {
        this.model = model;
        this.time = time;
        this.random = random;
        this.cluster = new VirtualCluster(this, time::nowNanos);
        members.forEach(member -> cluster.add(member.name(), member.reclaimer()));
    }

    CompletionStage<ClusterReport> reclaim(ScenarioMember on, ReclaimRequest request, List<String> over) {
        ClusterRequest all = ClusterRequest.of(request);
        return cluster.reclaim(on.name(), over.isEmpty() ? all : all.onMembers(over.toArray(String[]::new)));
    }

    /** Stops a member for ever, or until it wakes. The others notice after the time that the model gives. */
    void stop(ScenarioMember member, boolean forGood) {
        member.setDown(true);
        if (forGood) {
            killed.add(member.name());
        }
        frozen.putIfAbsent(member.name(), new ArrayList<>());
        time.after(model.noticedAfter(), () -> {
            if (frozen.containsKey(member.name())) {
                cluster.reachable(member.name(), false);
            }
        });
    }

    /** Wakes a frozen member; the waiting deliveries arrive. */
    void wake(ScenarioMember member) {
        if (killed.contains(member.name())) {
            throw new IllegalArgumentException("[" + member.name() + "] was killed, and does not wake");
        }
        List<Runnable> waiting = frozen.remove(member.name());
        if (waiting == null) {
            throw new IllegalArgumentException("[" + member.name() + "] is not frozen");
        }
        member.setDown(false);
        waiting.forEach(time::submit);
        time.after(model.latency(), () -> {
            if (!frozen.containsKey(member.name())) {
                cluster.reachable(member.name(), true);
            }
        });
    }

    @Override
    public void send(String from, String to, Runnable arrival) {
        if (killed.contains(from) || random.nextDouble() < model.loss()) {
            return;
        }
        List<Runnable> waiting = frozen.get(from);
        if (waiting != null) {
            waiting.add(() -> send(from, to, arrival));
            return;
        }
        double share = 1 + model.spread() * (2 * random.nextDouble() - 1);
        time.after(Duration.ofNanos(Math.round(model.latency().toNanos() * share)), () -> arrive(to, arrival));
    }

    private void arrive(String to, Runnable arrival) {
        List<Runnable> waiting = frozen.get(to);
        if (waiting == null) {
            arrival.run();
        } else if (!killed.contains(to)) {
            waiting.add(arrival);
        }
    }

    @Override
    public void after(Duration delay, Runnable action) {
        time.after(delay, action);
    }
}
