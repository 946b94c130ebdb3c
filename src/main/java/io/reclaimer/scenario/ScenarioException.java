package io.reclaimer.scenario;

import java.util.List;
import java.util.stream.Collectors;

/** A file that is no scenario: says all that is wrong with it. */
public final class ScenarioException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * One thing that is wrong.
     *
     * @param position where
     * @param path of what, as in {@code steps[3].cgroup}; empty where the file can't be read at all
     * @param message what is wrong, and what is allowed there
     */
    public record Problem(Position position, String path, String message) {}

    private final transient List<Problem> problems;

    /** @param file the file's name */
    ScenarioException(String file, List<Problem> problems) {
        super(problems.stream()
                .map(problem -> file + ":" + problem.position() + ": "
                        + (problem.path().isEmpty() ? "" : problem.path() + ": ") + problem.message())
                .collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong, in the order of the file. */
    public List<Problem> problems() {
        return problems;
    }
}
