package io.reclaimer.scenario.model;

import java.util.List;
import java.util.stream.Collectors;

/** An invalid scenario file. The message lists the problems, one a line. */
public final class ScenarioException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * One problem.
     *
     * @param file the file with the problem: the one that was read, or one that it includes
     * @param line from 1; 0 for an unknown line
     * @param path the key, as in {@code steps[3].cgroup}; empty for a file that is not HOCON
     * @param message what is wrong, and what is allowed
     */
    public record Problem(String file, int line, String path, String message) {

        /** As {@code shop.conf:12: steps[3].cgroup: is [web]; allowed is ...}. */
        @Override
        public String toString() {
            return file + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + message;
        }
    }

    private final transient List<Problem> problems;

    public ScenarioException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** The problems in the order of their lines. */
    public List<Problem> problems() {
        return problems;
    }
}
