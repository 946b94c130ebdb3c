package io.reclaimer.scenario.read;

import com.typesafe.config.Config;
import io.reclaimer.scenario.model.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The names that a scenario defines: nodes, members, shrinkers and cgroups. Reports every use of an undefined name.
 *
 * <p>A step sees the shrinkers and cgroups that exist when it runs ({@link #now}). Load, pressure and expectations may name any that
 * exists at some time ({@link #ever}). Confined to the thread that reads the file.
 */
final class SymbolTable {

    private final List<String> nodes;
    private final int members;
    private final Names ever;
    private final Names now;

    SymbolTable(Section scenario) {
        this.nodes = nodeNames(scenario);
        this.members =
                scenario.has("cluster") ? scenario.section("cluster").values().getInt("members") : 0;
        this.ever = new Names("");
        this.now = new Names(" at this step");
        now.shrinkers.addAll(scenario.named("shrinkers").keySet());
        ever.shrinkers.addAll(now.shrinkers);
        for (Section step : scenario.sections("steps")) {
            if (step.values().getString("op").equals("alloc")) {
                ever.shrinkers.add(step.values().getString("shrinker"));
            } else if (step.values().getString("op").equals("online") && step.has("parent")) {
                ever.cgroups.add(step.values().getString("cgroup"));
            }
        }
    }

    private static List<String> nodeNames(Section scenario) {
        if (scenario.values().getAnyRef("nodes") instanceof Number) {
            return IntStream.range(0, scenario.values().getInt("nodes"))
                    .mapToObj(number -> "node" + number)
                    .toList();
        }
        List<String> names = scenario.values().getStringList("nodes");
        if (names.size() > Set.copyOf(names).size()) {
            scenario.reject("nodes", "is " + names + "; allowed are names of which none is there twice");
        }
        return names;
    }

    List<String> nodes() {
        return nodes;
    }

    Names ever() {
        return ever;
    }

    Names now() {
        return now;
    }

    /** The node of a section, by number or name, as {@code node} or {@code nid}; empty if it names none. */
    Optional<Integer> node(Section of) {
        String key = of.has("node") ? "node" : "nid";
        return of.optional(key, Config::getAnyRef).map(node -> number(node, problem -> of.reject(key, problem)));
    }

    /** The nodes of a round. */
    List<Integer> nodes(Section of) {
        List<Integer> numbers = new ArrayList<>();
        for (Object node : of.values().getAnyRefList("nodes")) {
            numbers.add(number(node, problem -> of.reject("nodes", numbers.size(), problem)));
        }
        return numbers;
    }

    private int number(Object node, Consumer<String> reject) {
        int number = node instanceof Number plain ? plain.intValue() : nodes.indexOf(String.valueOf(node));
        if (number < 0 || number >= nodes.size()) {
            reject.accept("is [" + node + "], which is no node; allowed are " + String.join(", ", nodes)
                    + (nodes.size() == 1 ? ", or its number 0" : ", or their numbers 0 to " + (nodes.size() - 1)));
            return 0;
        }
        return number;
    }

    Optional<String> member(Section of) {
        Optional<String> name = of.optional("member", Config::getString);
        if (name.isPresent() && requireCluster(of, "member")) {
            checkMember(name.get(), problem -> of.reject("member", problem));
        }
        return name;
    }

    /** The members that a round asks. */
    List<String> members(Section of) {
        List<String> names = of.values().getStringList("members");
        if (!names.isEmpty() && requireCluster(of, "members")) {
            IntStream.range(0, names.size())
                    .forEach(i -> checkMember(names.get(i), problem -> of.reject("members", i, problem)));
        }
        return names;
    }

    private void checkMember(String name, Consumer<String> reject) {
        if (Integer.parseInt(name.substring("member".length())) > members) {
            reject.accept("is [" + name + "]; allowed are member1 to member" + members);
        }
    }

    /** Whether there is a cluster; if not, a key that needs one is reported. */
    boolean requireCluster(Section of, String key) {
        if (members == 0) {
            of.reject(
                    key,
                    "needs several members; allowed where the scenario has a cluster, as in cluster { members = 3 }");
        }
        return members > 0;
    }

    /** Shrinkers and cgroups that may be named. */
    final class Names {
        private final String when;
        private final Set<String> shrinkers = new TreeSet<>();
        private final Set<String> cgroups = new TreeSet<>(Set.of("root"));

        private Names(String when) {
            this.when = when;
        }

        String shrinker(Section of) {
            String name = of.values().getString("shrinker");
            if (!shrinkers.contains(name)) {
                String allowed = shrinkers.isEmpty()
                        ? "is a name that shrinkers or an alloc step gave; there is none"
                        : "are " + String.join(", ", shrinkers);
                of.reject(
                        "shrinker",
                        "is [" + name + "], which is no shrinker"
                                + Problems.choice(name, List.copyOf(shrinkers), allowed + when));
            }
            return name;
        }

        /** A path, or a defined name. */
        String cgroup(Section of, String key) {
            String name = of.values().getString(key);
            if (!name.startsWith("/") && !cgroups.contains(name)) {
                String allowed = "is a path as in /shop/web, or one of " + String.join(", ", cgroups);
                of.reject(
                        key,
                        "is [" + name + "], which no online step has named"
                                + Problems.choice(name, List.copyOf(cgroups), allowed));
            }
            return name;
        }

        Cell cell(Section of) {
            return cell(shrinker(of), of);
        }

        /** A cell of a given shrinker. */
        Cell cell(String shrinker, Section of) {
            return new Cell(shrinker, cgroup(of, "cgroup"), node(of).orElse(0));
        }

        /** A step defines a shrinker. */
        void addShrinker(Section of) {
            String name = of.values().getString("shrinker");
            if (!shrinkers.add(name)) {
                of.reject(
                        "shrinker",
                        "is [" + name + "], which there is already; allowed is a name that no shrinker has now");
            }
        }

        void removeShrinker(String name) {
            shrinkers.remove(name);
        }

        void addCgroup(String name) {
            cgroups.add(name);
        }

        void removeCgroup(String name) {
            cgroups.remove(name);
        }
    }
}
