package io.reclaimer.scenario.time;

/** Gives tests of other packages the number of virtual systems that were not closed. */
public final class RunningSystems {

    private RunningSystems() {}

    public static int count() {
        return VirtualSystem.running();
    }
}
