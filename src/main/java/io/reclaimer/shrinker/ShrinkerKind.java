package io.reclaimer.shrinker;

/** The way in which a shrinker is called. */
public enum ShrinkerKind {
    /** Inside the visit, by the actor of the (cgroup, node) pair. It replies at once. */
    PLAIN,
    /** On a thread where it may wait. */
    BLOCKING,
    /** It replies with stages. */
    ASYNC,
    /** It is an actor, and is sent messages. */
    ACTOR
}
