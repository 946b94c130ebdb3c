package io.reclaimer.scenario.model;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Objects that an application adds to a cache over time. The bit is set when the cell was empty.
 *
 * @param member empty for every member
 * @param objects the number added each time
 * @param spread the largest random deviation from that number, as a share of it: 0 to 1
 * @param upTo the most objects that the load lets the cell hold; empty for no limit
 */
public record Load(
        Optional<String> member, Cell cell, Repetition times, long objects, double spread, OptionalLong upTo) {}
