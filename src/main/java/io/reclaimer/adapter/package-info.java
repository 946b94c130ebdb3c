/**
 * Shrinkers that are ready to use: for third-party caches, and for state that Akka applications keep.
 *
 * <ul>
 *   <li>{@link io.reclaimer.adapter.CaffeineShrinker}: a Caffeine cache. Needs caffeine.
 *   <li>{@link io.reclaimer.adapter.LruLists}: lists of objects by cgroup and node, the counterpart of the kernel's
 *       {@code list_lru}.
 *   <li>{@link io.reclaimer.adapter.DirectBufferPool}: direct buffers, on the node {@code direct}.
 *   <li>{@link io.reclaimer.adapter.ReclaimableActor}: an actor that keeps a {@link
 *       io.reclaimer.adapter.ReclaimableMap} or a {@link io.reclaimer.adapter.ReclaimableList}. The actor stays their
 *       owner.
 *   <li>{@link io.reclaimer.adapter.ShardedEntities}, {@link io.reclaimer.adapter.ShardedLimit}: the entities of Akka
 *       Cluster Sharding. Need akka-cluster-sharding-typed.
 * </ul>
 *
 * <p>Rules: an adapter uses only the API that any application uses, {@code io.reclaimer} and {@code
 * io.reclaimer.shrinker}. The libraries are optional dependencies, and each is referred to by its own adapter only. No
 * other part of the project depends on an adapter.
 */
@NullMarked
package io.reclaimer.adapter;

import org.jspecify.annotations.NullMarked;
