package io.reclaimer.scenario;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a scenario's names mean: nodes, shrinkers, cgroups, members. What steps make is there from that step on; load, pressure and
 * expectations may name whatever is ever there. One thread's.
 */
final class Names {

    private final Problems problems;
    private final List<String> nodes;
    private final int members;

    /** Ever there, and there now, as steps have it. */
    private final Set<String> shrinkers = new LinkedHashSet<>();

    private final Set<String> shrinkersNow = new LinkedHashSet<>();
    private final Set<String> cgroups = new HashSet<>(Set.of("root"));
    private final Set<String> cgroupsNow = new HashSet<>(Set.of("root"));

    Names(Given scenario, Problems problems) {
        this.problems = problems;
        this.nodes = nodes(scenario);
        this.members = scenario.object("cluster")
                .map(cluster -> (int) cluster.number("members", 0))
                .orElse(0);
        scenario.object("shrinkers").ifPresent(all -> shrinkers.addAll(all.keys()));
        shrinkersNow.addAll(shrinkers);
        scenario.each("steps").forEach(step -> {
            if (step.text("op", "").equals("alloc")) {
                shrinkers.add(step.text("shrinker", ""));
            } else if (step.text("op", "").equals("online") && step.has("parent")) {
                cgroups.add(step.text("cgroup", ""));
            }
        });
    }

    private List<String> nodes(Given scenario) {
        Object given = scenario.plain("nodes").orElse(List.of("heap"));
        List<String> all = given instanceof Number count
                ? IntStream.range(0, count.intValue()).mapToObj(i -> "node" + i).toList()
                : ((List<?>) given).stream().map(String::valueOf).toList();
        if (all.size() > Set.copyOf(all).size()) {
            problems.add(
                    ShapeCheck.join(scenario.path(), "nodes"),
                    "is " + all + "; allowed are names of which none is there twice");
        }
        return all;
    }

    List<String> nodes() {
        return nodes;
    }

    /** The first one where none is named. */
    int node(Given of) {
        return optionalNode(of).orElse(0);
    }

    Optional<Integer> optionalNode(Given of) {
        String key = of.has("node") ? "node" : "nid";
        return of.plain(key).map(given -> node(ShapeCheck.join(of.path(), key), given));
    }

    int node(String where, Object given) {
        int number = given instanceof Number plain ? plain.intValue() : nodes.indexOf(String.valueOf(given));
        if (number < 0 || number >= nodes.size()) {
            problems.add(
                    where,
                    "is [" + given + "], which is no node; allowed are " + String.join(", ", nodes)
                            + (nodes.size() == 1
                                    ? ", or its number 0"
                                    : ", or their numbers 0 to " + (nodes.size() - 1)));
            return 0;
        }
        return number;
    }

    /** One that is ever there. */
    String shrinker(Given of) {
        return shrinker(of, shrinkers, "");
    }

    /** One that is there at that step. */
    String shrinkerNow(Given of) {
        return shrinker(of, shrinkersNow, " at this step");
    }

    private String shrinker(Given of, Set<String> known, String when) {
        String name = of.text("shrinker", "");
        if (!known.contains(name)) {
            problems.add(
                    ShapeCheck.join(of.path(), "shrinker"),
                    "is [" + name + "], which is no shrinker"
                            + Problems.choice(
                                    name,
                                    List.copyOf(known),
                                    known.isEmpty()
                                            ? "is a name that shrinkers or an alloc step gave; there is none" + when
                                            : "are " + String.join(", ", known) + when));
        }
        return name;
    }

    String alloc(Given of) {
        String name = of.text("shrinker", "");
        if (!shrinkersNow.add(name)) {
            problems.add(
                    ShapeCheck.join(of.path(), "shrinker"),
                    "is [" + name + "], which there is already; allowed is a name that no shrinker has now");
        }
        return name;
    }

    String free(Given of) {
        String name = shrinkerNow(of);
        shrinkersNow.remove(name);
        return name;
    }

    /** A path, or a name that is ever given. */
    String cgroup(Given of, String key) {
        return cgroup(of, key, cgroups);
    }

    private String cgroup(Given of, String key, Set<String> known) {
        String name = of.text(key, "");
        if (!name.startsWith("/") && !known.contains(name)) {
            problems.add(
                    ShapeCheck.join(of.path(), key),
                    "is [" + name + "], which no online step has named"
                            + Problems.choice(
                                    name,
                                    List.copyOf(known),
                                    "is a path as in /shop/web, or one of "
                                            + String.join(
                                                    ", ",
                                                    known.stream().sorted().toList())));
        }
        return name;
    }

    /** A path, or a name that was given by then, and not taken away. */
    String cgroupNow(Given of, String key) {
        return cgroup(of, key, cgroupsNow);
    }

    void online(Given of) {
        cgroupsNow.add(of.text("cgroup", ""));
    }

    String offline(Given of) {
        String name = cgroupNow(of, "cgroup");
        cgroupsNow.remove(name);
        return name;
    }

    Optional<String> member(Given of) {
        if (!of.has("member")) {
            return Optional.empty();
        }
        String name = of.text("member", "");
        check(ShapeCheck.join(of.path(), "member"), name);
        return Optional.of(name);
    }

    List<String> members(Given of) {
        List<String> all = new ArrayList<>(of.texts("members"));
        for (int i = 0; i < all.size(); i++) {
            check(ShapeCheck.join(of.path(), "members[" + i + "]"), all.get(i));
        }
        return all;
    }

    private void check(String path, String member) {
        if (needsCluster(path) && Integer.parseInt(member.substring("member".length())) > members) {
            problems.add(path, "is [" + member + "]; allowed are member1 to member" + members);
        }
    }

    /** False where there is none. */
    boolean needsCluster(String path) {
        if (members == 0) {
            problems.add(
                    path,
                    "needs several members; allowed where the scenario has a cluster, as in cluster { members = 3 }");
        }
        return members > 0;
    }
}
