package io.reclaimer.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Prints what rounds cost, as ratios to peers in the same JVM and as times: on one core where {@code taskset} can bind a
 * process, and on all. One JVM per fork and kind of machine. The figures go to {@code target/bench/cost.json}, too.
 */
final class CostProgram {

    private static final Path RESULT = Path.of("target", "bench", "cost.json");
    private static final String DENSE = "1000 2 64 1000 8";
    private static final String ONE_BIT = "1000 2 64 1000 1";
    private static final String MANY_BITS = "1000 2 64 1000 32";
    private static final String ONE_VISIT = "1 1 64 1 1";
    private static final String SMALL = "100 2 512 100 4";
    private static final String LINE = "cache line";
    private static final int PAIRS = 2_000;

    /** The cases of one JVM, by name. */
    private record Fork(Map<String, JsonNode> cases) {

        double ratio(String name, String peer) {
            return cases.get(name).get("ours").doubleValue()
                    / cases.get(name).get(peer).doubleValue();
        }

        double nanos(String name, String what) {
            return cases.get(name).get(what).doubleValue();
        }

        /** The time of one visit: of 62,000 more visits in the same pairs. */
        double visit(String what) {
            return (nanos(MANY_BITS, what) - nanos(ONE_BIT, what)) / (31 * PAIRS);
        }

        /** The time of a dirty pair above its visits and above what each round takes. */
        double pair(String what) {
            return (nanos(ONE_BIT, what) - nanos(ONE_VISIT, what)) / PAIRS - visit(what);
        }
    }

    /**
     * Twice the most that was measured for the processor time of a dense pass on one core, over that of {@code floor}:
     * 5.5 to 11 on a two-core virtual machine in its fast and in its slow state.
     */
    private static final double MOST_OVER_FLOOR = 22;

    private CostProgram() {}

    /**
     * Fails if a dense pass takes far more processor time of one core than was measured: a mistake, and not noise. The
     * best of three measurements in one JVM counts.
     *
     * @return whether it is within the bound
     */
    static boolean check() throws IOException, InterruptedException {
        List<String> bind = canBind() ? List.of("taskset", "-c", "0") : List.of();
        JsonNode best = fork(bind, List.of(DENSE, DENSE, DENSE)).cases().get(DENSE);
        double ratio = overFloor(best);
        System.out.printf(
                Locale.ROOT,
                "{\"case\":\"%s\",\"cpuOverFloor\":%.2f,\"allowed\":%.0f,\"passed\":%b}%n",
                DENSE,
                ratio,
                MOST_OVER_FLOOR,
                ratio <= MOST_OVER_FLOOR);
        return ratio <= MOST_OVER_FLOOR;
    }

    private static double overFloor(JsonNode result) {
        return result.get("oursCpu").doubleValue() / result.get("floor").doubleValue();
    }

    static void run(int forks) throws IOException, InterruptedException {
        List<Fork> two = new ArrayList<>();
        List<Fork> one = new ArrayList<>();
        boolean canBind = canBind();
        for (int i = 0; i < forks; i++) {
            two.add(fork(List.of(), List.of()));
            if (canBind) {
                one.add(fork(List.of("taskset", "-c", "0"), List.of()));
            }
        }
        Map<String, double[]> figures = new LinkedHashMap<>();
        add(figures, "everything dirty, all cores, against locked", two, fork -> fork.ratio(DENSE, "locked"));
        add(figures, "everything dirty, all cores, against floor", two, fork -> fork.ratio(DENSE, "floor"));
        add(figures, "everything dirty, one core, against locked", one, fork -> fork.ratio(DENSE, "locked"));
        add(figures, "everything dirty, one core, against floor", one, fork -> fork.ratio(DENSE, "floor"));
        add(figures, "a dirty pair above its visits, one core, ns", one, fork -> fork.pair("ours"));
        add(figures, "a dirty pair above its visits, all cores, ns", two, fork -> fork.pair("ours"));
        add(figures, "a visit, one core, ns", one, fork -> fork.visit("ours"));
        add(figures, "a visit, all cores, ns of processor time", two, fork -> fork.visit("oursCpu"));
        add(figures, "a visit by floor, all cores, ns", two, fork -> fork.visit("floor"));
        if (canBind) {
            double[] gains = new double[forks];
            for (int i = 0; i < forks; i++) {
                gains[i] = one.get(i).nanos(MANY_BITS, "ours") / two.get(i).nanos(MANY_BITS, "ours");
            }
            figures.put("all cores against one, 64,000 visits", gains);
        }
        add(figures, "one visit, answer included, all cores, us", two, fork -> fork.nanos(ONE_VISIT, "ours") / 1_000);
        add(figures, "one visit, answer included, one core, us", one, fork -> fork.nanos(ONE_VISIT, "ours") / 1_000);
        add(figures, SMALL + " against locked, all cores", two, fork -> fork.ratio(SMALL, "locked"));
        add(figures, "a cache line to another core and back, ns", two, fork -> fork.nanos(LINE, "ours"));
        for (String name : two.get(0).cases().keySet()) {
            if (name.equals(LINE)) {
                continue;
            }
            add(figures, name + ", all cores, us", two, fork -> fork.nanos(name, "ours") / 1_000);
            add(figures, name + ", all cores, us of processor time", two, fork -> fork.nanos(name, "oursCpu") / 1_000);
            add(figures, name + ", one core, us", one, fork -> fork.nanos(name, "ours") / 1_000);
        }
        print(figures);
    }

    private static void add(
            Map<String, double[]> figures, String name, List<Fork> forks, ToDoubleFunction<Fork> figure) {
        if (!forks.isEmpty()) {
            figures.put(name, forks.stream().mapToDouble(figure).sorted().toArray());
        }
    }

    private static void print(Map<String, double[]> figures) throws IOException {
        System.out.println("Median of all forks, and the least and the most of them:");
        System.out.println("| what | median | least | most |");
        System.out.println("|---|---|---|---|");
        figures.forEach((name, values) -> System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.2f |%n",
                name,
                values[values.length / 2],
                values[0],
                values[values.length - 1]));
        Files.createDirectories(RESULT.getParent());
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(RESULT.toFile(), figures);
        System.out.println("All figures are in " + RESULT);
    }

    private static boolean canBind() {
        try {
            return new ProcessBuilder("taskset", "-c", "0", "true").start().waitFor() == 0;
        } catch (IOException e) {
            System.out.println("No process can be bound to one core here: " + e.getMessage());
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Measures the cases, or all of the table, in a JVM of its own; the best measurement of each case counts. */
    private static Fork fork(List<String> before, List<String> names) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CostCell.class.getName()));
        command.addAll(names);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("A measurement failed: " + out);
        }
        Map<String, JsonNode> cases = new LinkedHashMap<>();
        for (String line : out.lines().filter(text -> text.startsWith("{")).toList()) {
            JsonNode result = new ObjectMapper().readTree(line);
            cases.merge(
                    result.get("case").textValue(),
                    result,
                    (known, further) -> overFloor(known) <= overFloor(further) ? known : further);
        }
        return new Fork(cases);
    }
}
