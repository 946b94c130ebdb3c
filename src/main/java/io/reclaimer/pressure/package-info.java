/**
 * The sources of rounds. A source watches one memory, compares it with its {@link io.reclaimer.pressure.Watermarks},
 * and requests rounds of {@link io.reclaimer.Reclaimer} while too little is free.
 * {@link io.reclaimer.pressure.Pressure} is the entry point. The only source is
 * {@link io.reclaimer.pressure.HeapPressure}, for this process's heap.
 *
 * <p>The actor of {@code HeapPressure} owns all parts but the heap and the reclaimer, which are thread-safe:
 *
 * <ul>
 *   <li>{@code Heap} reports collections and samples: {@code PlatformHeap} reads the beans of the JVM.
 *   <li>{@code LiveEstimate} estimates the live bytes, from {@code Credit}, {@code LowerBound}, {@code MixedSeries} and
 *       {@code OverdueCollection}.
 *   <li>{@code Watermarks} decide the pressure, with hysteresis.
 *   <li>{@code CacheCounts} says when to count caches and how much a background round may free, {@code HeapRounds}
 *       starts rounds and judges them, {@code BackOff} delays them. They use the reclaimer by {@code HeapReclaimer}.
 *   <li>{@code HeapStatistics} makes the status.
 * </ul>
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>Rounds act on bytes that are surely live: those that the last conclusive collection left (one that shows what
 *       is live), adjusted to the bytes that caches hold, which are counted if other collections are not conclusive.
 *       Possible garbage of the old generation starts no round. The exception: if no conclusive collection comes for a
 *       while, rounds may free as many bytes as lie between the watermarks.
 *   <li>The bytes that rounds freed and no collection has removed still count as used. They are known (the
 *       <em>credit</em>) and subtracted, so that nothing is freed twice. They are credited whoever requested the round.
 *   <li>Below <em>low</em>, background rounds start, and continue until <em>high</em>. Below <em>min</em>, rounds are
 *       direct.
 *   <li>A round asks for the bytes that are missing now, and no more. The estimate is updated with each answer.
 *   <li>A background round leaves caches a share of what they held, the floor. A lossless round does not, because
 *       nothing is lost by it.
 *   <li>At most one background and one direct round are under way. A direct round cancels the background one.
 *   <li>After an ineffective round, the next one waits, longer each time. The log then says, at most once a minute, how much
 *       is live and how much of that caches hold.
 * </ul>
 *
 * <p>All of this runs on {@code reclaimer.control-dispatcher} and ends with the actor system. No listener, timer or
 * thread is left.
 */
@NullMarked
package io.reclaimer.pressure;

import org.jspecify.annotations.NullMarked;
