package io.reclaimer.scenario;

import java.util.List;

/** A file that is no scenario, for those who tell people so. */
public final class WrongFile {

    private WrongFile() {}

    public static ScenarioException with(String file, ScenarioException.Problem... problems) {
        return new ScenarioException(file, List.of(problems));
    }
}
