package shop;

// README begin
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.reclaimer.Cgroup;
import io.reclaimer.Reclaimer;
import io.reclaimer.adapter.CaffeineShrinker;
import io.reclaimer.pressure.Pressure;
import io.reclaimer.shrinker.ShrinkerSpec;

public class Shop {
    public static void main(String[] args) throws InterruptedException {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "shop");
        Reclaimer reclaimer = Reclaimer.get(system);
        Pressure.get(system); // watches the heap, and starts rounds when it gets tight

        Cache<Integer, byte[]> pages =
                Caffeine.newBuilder().maximumSize(1_000_000).build();
        Cgroup acme = reclaimer.online("/acme").toCompletableFuture().join(); // tenants are a tree
        CaffeineShrinker.of(pages, acme)
                .register(reclaimer, ShrinkerSpec.named("pages").objectBytes(50_000))
                .toCompletableFuture()
                .join();

        for (int i = 0; i < 10_000; i++) {
            pages.put(i, new byte[50_000]);
            Thread.sleep(1);
        }
        System.out.println(pages.estimatedSize() + " of 10000 pages are in the cache");
        system.terminate();
    }
}
// README end
