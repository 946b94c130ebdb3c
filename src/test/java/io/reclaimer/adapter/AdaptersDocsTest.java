package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.Cgroup;
import io.reclaimer.ReclaimReport;
import io.reclaimer.ReclaimRequest;
import io.reclaimer.Reclaimer;
import io.reclaimer.ShrinkerHandle;
import io.reclaimer.adapter.ShardedEntities.StopQuestion;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Threads;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code that the page about adapters shows is this code, and works. */
class AdaptersDocsTest {

    private ReclaimerTestSystem kit;
    private Reclaimer reclaimer;
    private Cgroup acme;
    private Map<String, Cgroup> tenants;

    @BeforeEach
    void start() {
        kit = ShardedCluster.start("reclaimer.nodes = [heap, direct]");
        reclaimer = kit.reclaimer();
        acme = kit.online("/acme");
        tenants = Map.of("acme", acme);
    }

    @AfterEach
    void stop() {
        kit.check();
        kit.stop();
    }

    private Cgroup tenantOf(String key) {
        return tenants.get(key.substring(0, key.indexOf('/')));
    }

    @Test
    void caffeineOfOneCgroup() {
        Cache<String, byte[]> cache =
                Caffeine.newBuilder().maximumSize(1_000_000).build();
        // DOCS begin
        CompletionStage<ShrinkerHandle> pages = reclaimer
                .online("/acme")
                .thenCompose(acme -> CaffeineShrinker.of(cache, acme)
                        .register(reclaimer, ShrinkerSpec.named("pages").objectBytes(2048)));

        CompletionStage<ReclaimReport> report = pages.thenCompose(registered -> reclaimer.reclaim( // a round on request
                ReclaimRequest.in("/acme").objects(100).within(Duration.ofSeconds(2))));

        CompletionStage<?> freed = report.thenCombine(pages, (done, shrinker) -> shrinker)
                .thenCompose(ShrinkerHandle::free); // completes when no visit uses the cache any more
        // DOCS end
        kit.await(freed);
        assertThat(kit.await(report).cgroup()).hasToString("/acme");
        assertThat(kit.state().shrinkers()).isEmpty();
    }

    @Test
    void caffeineOfManyCgroups() {
        // DOCS begin
        AsyncCache<String, byte[]> shared = Caffeine.newBuilder()
                .maximumWeight(64_000_000)
                .weigher((String key, byte[] value) -> value.length)
                .buildAsync();
        // One cache, many tenants; its weights are bytes.
        CaffeineShrinker<String, byte[]> shrinker =
                CaffeineShrinker.of(shared, this::tenantOf).bytesPerWeight(1);
        CompletionStage<ShrinkerHandle> registered = shrinker.register(reclaimer, ShrinkerSpec.named("shared"));
        // DOCS end
        ShrinkerHandle handle = kit.await(registered);
        for (int i = 0; i < 1_000; i++) {
            shared.put("acme/" + i, CompletableFuture.completedFuture(new byte[100]));
            shrinker.added("acme/" + i);
        }
        kit.settle();
        ReclaimReport report = kit.pass("/acme", 0, 1);
        assertThat(report.freedObjects()).isEqualTo(896);
        assertThat(report.freedBytes()).isEqualTo(89_600);
        kit.await(handle.free());
    }

    private record Page(String key, byte[] bytes) {}

    @Test
    void lruLists() {
        Map<String, Page> table = new ConcurrentHashMap<>();
        Page page = new Page("a", new byte[10]);
        table.put(page.key(), page);
        // DOCS begin
        CompletionStage<LruLists<Page>> registered = LruLists.register(
                reclaimer,
                ShrinkerSpec.named("pages").objectBytes(4096),
                gone -> table.remove(gone.key(), gone), // reclaimed: it is in no list any more, drop it
                any -> any.key().hashCode()); // optional: finds refaults
        CompletionStage<LruItem<Page>> added = registered.thenApply(lists -> lists.add(acme, 0, page));
        // DOCS end
        LruItem<Page> item = kit.await(added);
        assertThat(item.touch()).isTrue();
        kit.settle();
        assertThat(kit.pass("/acme", 0, 0).freedObjects()).isOne();
        assertThat(item.remove()).isFalse();
        assertThat(table).isEmpty();
        kit.await(kit.await(registered).handle().free());
    }

    private interface Command {}

    private record Put(String key, byte[] value) implements Command {}

    private record Size(ActorRef<Long> replyTo) implements Command {}

    private static Behavior<Command> store(ReclaimableMap<String, byte[]> pages) {
        return Behaviors.receive(Command.class)
                .onMessage(Put.class, put -> {
                    pages.put(put.key(), put.value());
                    return Behaviors.same();
                })
                .onMessage(Size.class, size -> {
                    size.replyTo().tell(pages.size());
                    return Behaviors.same();
                })
                .build();
    }

    @Test
    void actorHeldState() {
        // DOCS begin
        Behavior<Command> behavior = ReclaimableActor.of(
                        ShrinkerSpec.named("pages"), ReclaimableMap<String, byte[]>::new)
                .in(acme)
                .behavior((context, pages) -> store(pages)); // pages.get, .put, .remove: as any map, in this actor
        // DOCS end
        ActorRef<Command> store = kit.testKit().spawn(behavior);
        for (int i = 0; i < 300; i++) {
            store.tell(new Put("key" + i, new byte[10]));
        }
        TestProbe<Long> sizes = kit.testKit().createTestProbe();
        Threads.until(() -> kit.state("/acme", 0).bits().size() == 1);
        assertThat(kit.pass("/acme", 0, 0).freedObjects()).isEqualTo(300);
        store.tell(new Size(sizes.getRef()));
        assertThat(sizes.receiveMessage(ShrinkerCaller.PATIENCE)).isZero();
        kit.testKit().stop(store);
        Threads.until(() -> kit.state().shrinkers().isEmpty());
    }

    private interface Cart {
        /** May it stop now? Answered by {@code question.stop()} or {@code question.busy()}. */
        record MayStop(StopQuestion question) implements Cart {}

        record Ping(ActorRef<String> replyTo) implements Cart {}

        enum Stop implements Cart {
            INSTANCE
        }

        EntityTypeKey<Cart> KEY = EntityTypeKey.create(Cart.class, "cart");

        static Behavior<Cart> create(String id) {
            return Behaviors.receive(Cart.class)
                    .onMessage(MayStop.class, may -> {
                        may.question().stop();
                        return Behaviors.same();
                    })
                    .onMessage(Ping.class, ping -> {
                        ping.replyTo().tell(id);
                        return Behaviors.same();
                    })
                    .onMessage(Stop.class, stop -> Behaviors.stopped())
                    .build();
        }
    }

    @Test
    void shardedEntities() {
        var system = kit.system();
        ClusterSharding sharding = ClusterSharding.get(system);
        // DOCS begin
        ShardedEntities<Cart> carts = ShardedEntities.start(system, "carts", Cart.MayStop::new);
        ActorRef<ShardingEnvelope<Cart>> region =
                sharding.init(Entity.of(Cart.KEY, entity -> carts.track(entity, Cart.create(entity.getEntityId())))
                        .withStopMessage(Cart.Stop.INSTANCE));
        CompletionStage<ShrinkerHandle> registered =
                carts.register(reclaimer, ShrinkerSpec.named("carts").objectBytes(20_000));
        // DOCS end
        ShrinkerHandle handle = kit.await(registered);
        TestProbe<String> answers = kit.testKit().createTestProbe();
        for (int i = 0; i < 20; i++) {
            region.tell(new ShardingEnvelope<>("cart" + i, new Cart.Ping(answers.getRef())));
            answers.receiveMessage(ShrinkerCaller.PATIENCE);
        }
        long freed = kit.reclaim(ReclaimRequest.everywhere().onNodes(0).startingAt(0))
                .freedObjects();
        assertThat(freed + carts.hungStops()).isEqualTo(20);
        kit.await(handle.free());
    }

    @Test
    void directBuffers() {
        byte[] bytes = new byte[5];
        // DOCS begin
        CompletionStage<DirectBufferPool> pool = // reclaimer.nodes = ["heap", "direct"]
                DirectBufferPool.register(reclaimer, ShrinkerSpec.named("buffers"), 64 * 1024);
        CompletionStage<Integer> written = pool.thenApply(buffers -> {
            try (DirectBufferLease lease = buffers.acquire(acme)) {
                ByteBuffer buffer = lease.buffer().put(bytes).flip();
                return buffer.remaining(); // or channel.write(buffer)
            }
        });
        // DOCS end
        assertThat(kit.await(written)).isEqualTo(5);
        kit.settle();
        assertThat(kit.pass("/acme", 1, 0).freedObjects()).isOne();
        kit.await(kit.await(pool).handle().free());
    }
}
