package io.reclaimer.console;

/** Where the keys of a tenant's requests come from; its string says it to people. Not thread-safe. */
@FunctionalInterface
interface KeySource {
    long next();
}
