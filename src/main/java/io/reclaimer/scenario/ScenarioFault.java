package io.reclaimer.scenario;

/** A step can't be done as it stands. The message says what is wrong. */
final class ScenarioFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ScenarioFault(String message) {
        super(message);
    }
}
