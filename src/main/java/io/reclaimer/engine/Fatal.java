package io.reclaimer.engine;

/** Which errors end the JVM rather than a visit. */
final class Fatal {

    private Fatal() {}

    /**
     * An error after which nothing can be relied on. A stack overflow is not: it is the fault of the shrinker alone, and
     * over when its call is. Neither is a linkage error: the shrinker lacks a class.
     */
    @SuppressWarnings({"deprecation", "removal"}) // ThreadDeath: gone from Java at some time, thrown by some until then
    static boolean is(Throwable thrown) {
        return (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError))
                || thrown instanceof ThreadDeath;
    }

    static Error asUnchecked(Throwable fatal) {
        return fatal instanceof Error error ? error : new Error(fatal);
    }
}
