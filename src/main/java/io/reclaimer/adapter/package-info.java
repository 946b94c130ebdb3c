/**
 * Ready shrinkers: for caches that others wrote, and for what Akka applications keep by themselves.
 *
 * <ul>
 *   <li>{@link io.reclaimer.adapter.CaffeineShrinker}: a Caffeine cache. Needs caffeine.
 *   <li>{@link io.reclaimer.adapter.LruLists}: lists of objects by cgroup and node, the counterpart of the kernel's
 *       {@code list_lru}.
 *   <li>{@link io.reclaimer.adapter.DirectBufferPool}: direct buffers, on the node {@code direct}.
 *   <li>{@link io.reclaimer.adapter.HeldActor}: an actor that keeps {@link io.reclaimer.adapter.HeldValues} or a
 *       {@link io.reclaimer.adapter.HeldList}, which stay its own.
 *   <li>{@link io.reclaimer.adapter.ShardedEntities}, {@link io.reclaimer.adapter.ShardedLimit}: the entities of Akka
 *       Cluster Sharding. Need akka-cluster-sharding-typed.
 * </ul>
 *
 * <p>Rules: an adapter uses the front door and the contract, as anybody outside would; the libraries are optional
 * dependencies of this one, and only their adapter refers to them; nothing else of the project needs an adapter.
 */
@NullMarked
package io.reclaimer.adapter;

import org.jspecify.annotations.NullMarked;
