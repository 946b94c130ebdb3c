package io.reclaimer.scenario.model;

import io.reclaimer.shrinker.ShrinkerSpec;
import java.util.List;

/**
 * A shrinker that a scenario defines: its spec, the behaviour of the cache behind it, and the initial contents.
 *
 * @param contents the objects held at the start
 */
public record ShrinkerDefinition(ShrinkerSpec spec, CacheBehaviour behaviour, List<Contents> contents) {

    /** A number of objects in one cell. */
    public record Contents(Cell cell, long objects) {}
}
