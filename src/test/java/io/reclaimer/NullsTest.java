package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.setup.Setup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reclaimer.adapter.CaffeineShrinker;
import io.reclaimer.adapter.DirectBufferPool;
import io.reclaimer.adapter.LruLists;
import io.reclaimer.adapter.ReclaimableActor;
import io.reclaimer.adapter.ReclaimableList;
import io.reclaimer.adapter.ReclaimableMap;
import io.reclaimer.adapter.ShardedEntities;
import io.reclaimer.adapter.ShardedLimit;
import io.reclaimer.pressure.ManualHeap;
import io.reclaimer.pressure.Watermarks;
import io.reclaimer.shrinker.AsyncShrinker;
import io.reclaimer.shrinker.Cancellation;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.RoundOutcome;
import io.reclaimer.shrinker.ShrinkControl;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.shrinker.TraceListener;
import io.reclaimer.testkit.BlockingReclaimer;
import io.reclaimer.testkit.CallLog;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.ReclaimerTestKit;
import io.reclaimer.testkit.ReclaimerTestKitAssert;
import io.reclaimer.testkit.ReclaimerTestSystem;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.contract.ContractSubject;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A null is refused by every public method, in the thread of the caller and by the name of the parameter, and has no
 * other effect.
 */
class NullsTest {

    private static final Set<String> ROOMS = Set.of(
            "io.reclaimer",
            "io.reclaimer.shrinker",
            "io.reclaimer.adapter",
            "io.reclaimer.pressure",
            "io.reclaimer.testkit",
            "io.reclaimer.testkit.contract",
            "io.reclaimer.testkit.junit");

    /**
     * Types that users get and call with no argument, because the reclaimer makes and calls them. Each with its reason.
     */
    private static final Map<String, String> MADE_BY_THE_RECLAIMER = Map.ofEntries(
            Map.entry("io.reclaimer.ReclaimReport", "an answer"),
            Map.entry("io.reclaimer.CountReport", "an answer"),
            Map.entry("io.reclaimer.ReclaimerState", "an answer"),
            Map.entry("io.reclaimer.ReclaimerState$CgroupState", "an answer"),
            Map.entry("io.reclaimer.ReclaimerState$ShrinkerState", "an answer"),
            Map.entry("io.reclaimer.ReclaimerSettings", "read from the configuration"),
            Map.entry("io.reclaimer.ShrinkerMessage$CountObjects", "sent by the reclaimer"),
            Map.entry("io.reclaimer.ShrinkerMessage$ScanObjects", "sent by the reclaimer"),
            Map.entry("io.reclaimer.ShrinkerMessage$ReparentObjects", "sent by the reclaimer"),
            Map.entry("io.reclaimer.shrinker.ShrinkerObjects", "an answer"),
            Map.entry("io.reclaimer.shrinker.TraceEvent$Start", "told by the reclaimer"),
            Map.entry("io.reclaimer.shrinker.TraceEvent$End", "told by the reclaimer"),
            Map.entry("io.reclaimer.shrinker.ReclaimerException", "thrown by the reclaimer"),
            Map.entry("io.reclaimer.shrinker.Saturating", "arithmetic"),
            Map.entry("io.reclaimer.adapter.LruOwner", "made by users, called by the reclaimer"),
            Map.entry("io.reclaimer.pressure.HeapStatus", "an answer"),
            Map.entry("io.reclaimer.pressure.HeapReading", "told by the heap"),
            Map.entry("io.reclaimer.pressure.Watermarks$Decision", "an answer"),
            Map.entry("io.reclaimer.adapter.LruLists$Statistics", "an answer"),
            Map.entry("io.reclaimer.testkit.ShrinkerCall", "an answer"),
            Map.entry(
                    "io.reclaimer.testkit.junit.ReclaimerExtension",
                    "called by JUnit, or in the initializer of a field"));

    @RegisterExtension
    final ReclaimerExtension kit =
            ReclaimerExtension.create().expectActor("$*").with("reclaimer.nodes = [heap, direct]");

    private final Map<Class<?>, Object> samples = new HashMap<>();
    private final List<String> untried = new ArrayList<>();
    private final ReclaimerTestKit simulated = ReclaimerTestKit.create();
    private final ReclaimerTestSystem real = ReclaimerTestSystem.start("");

    @AfterEach
    void close() {
        simulated.close();
        real.close();
    }

    @Test
    void everyNullIsRefusedWhereItIsGiven() throws Exception {
        makeSamples();
        List<String> wrong = new ArrayList<>();
        int tried = 0;
        for (Class<?> known : publicTypes()) {
            if (MADE_BY_THE_RECLAIMER.containsKey(known.getName())) {
                continue;
            }
            for (Executable door : doors(known)) {
                for (int i = 0; i < door.getParameterCount(); i++) {
                    if (isRefused(door.getParameters()[i])) {
                        Optional<String> fault = tryNull(known, door, i);
                        tried++;
                        fault.ifPresent(wrong::add);
                    }
                }
            }
        }
        assertThat(untried).as("doors for which there is no sample").isEmpty();
        assertThat(wrong).as("nulls that are not refused").isEmpty();
        assertThat(tried).isGreaterThan(100);
        // The refused calls have changed nothing.
        kit.online("/after");
        kit.register(ShrinkerSpec.named("after").byCgroup(), Scripted.endless(1));
        assertThat(kit.reclaim(ReclaimRequest.everywhere().startingAt(0)).outcome())
                .isEqualTo(RoundOutcome.DONE);
    }

    /** Found by the class files, so that none is forgotten. */
    private static List<Class<?>> publicTypes() throws Exception {
        Path classes = Path.of(Reclaimer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Class<?>> types = new ArrayList<>();
        for (String room : ROOMS) {
            try (Stream<Path> files = Files.list(classes.resolve(room.replace('.', '/')))) {
                for (Path file : files.sorted().toList()) {
                    String name = String.valueOf(file.getFileName());
                    if (name.endsWith(".class") && !name.equals("package-info.class")) {
                        types.add(Class.forName(room + "." + name.replace(".class", "")));
                    }
                }
            }
        }
        return types.stream().filter(NullsTest::isPublic).toList();
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && !type.isAnonymousClass()
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }

    /** The public constructors and methods that a type declares and that have a body. */
    private static List<Executable> doors(Class<?> type) {
        return Stream.<Executable>concat(
                        Arrays.stream(type.getConstructors()),
                        Arrays.stream(type.getDeclaredMethods())
                                .filter(method -> Modifier.isPublic(method.getModifiers()))
                                .filter(method -> !Modifier.isAbstract(method.getModifiers()) && !method.isBridge()))
                .filter(door -> !isCall(type, door))
                .filter(door -> !door.isSynthetic() && !door.getName().equals("equals"))
                .filter(door -> !type.isEnum() || !door.getName().equals("valueOf"))
                .toList();
    }

    /**
     * The calls of the reclaimer to shrinkers; and methods that take the context of an entity, which only a shard has.
     */
    private static boolean isCall(Class<?> type, Executable door) {
        boolean isShrinker = Shrinker.class.isAssignableFrom(type) || AsyncShrinker.class.isAssignableFrom(type);
        return door.getName().equals("track")
                || (isShrinker && Set.of("count", "scan", "reparent").contains(door.getName()));
    }

    private static boolean isRefused(Parameter parameter) {
        return !parameter.getType().isPrimitive()
                && !parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private Optional<String> tryNull(Class<?> type, Executable door, int index) throws ReflectiveOperationException {
        String what = type.getName() + "." + door.getName() + "("
                + Arrays.stream(door.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ")) + ") parameter " + door.getParameters()[index].getName();
        Object receiver = null;
        if (door instanceof Method method && !Modifier.isStatic(method.getModifiers())) {
            receiver = samples.get(type);
            if (receiver == null) {
                untried.add(what);
                return Optional.empty();
            }
        }
        @Nullable Object[] arguments = new Object[door.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            if (i != index) {
                arguments[i] = sample(door.getParameterTypes()[i]);
                if (arguments[i] == null) {
                    untried.add(what + ": no " + door.getParameterTypes()[i].getName());
                    return Optional.empty();
                }
            }
        }
        try {
            door.setAccessible(true);
            Object answer = door instanceof Constructor<?> constructor
                    ? constructor.newInstance(arguments)
                    : ((Method) door).invoke(receiver, arguments);
            return Optional.of(what + " is taken: " + answer);
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause();
            String name = door.getParameters()[index].getName();
            boolean isNamed = thrown instanceof NullPointerException
                    && thrown.getMessage() != null
                    && thrown.getMessage().contains(name);
            return isNamed ? Optional.empty() : Optional.of(what + " throws " + thrown);
        }
    }

    /** An argument for the other parameters of the call; null if there is none. */
    private @Nullable Object sample(Class<?> type) {
        Object known = samples.get(type);
        if (known != null) {
            return known;
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isInterface()
                && (type.getName().startsWith("java.util.function")
                        || type.getName().startsWith("io.reclaimer"))) {
            return Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
        }
        return null;
    }

    private <T> void sample(Class<T> type, T value) {
        samples.put(type, value);
    }

    private void makeSamples() {
        Shrinker shrinker = Scripted.endless(1);
        AsyncShrinker async = Kind.async(shrinker, Runnable::run);
        ActorRef<ShrinkerMessage> actor = kit.testKit().spawn(Kind.actor(shrinker));
        Cgroup cgroup = kit.online("/a");
        ShrinkerSpec spec = ShrinkerSpec.named("s").byCgroup();
        sample(int.class, 1);
        sample(long.class, 1L);
        sample(double.class, 1.0);
        sample(boolean.class, true);
        sample(String.class, "/a");
        sample(Duration.class, Duration.ofSeconds(1));
        sample(Set.class, Set.of());
        sample(List.class, List.of());
        sample(Map.class, Map.of());
        sample(Optional.class, Optional.empty());
        sample(OptionalLong.class, OptionalLong.empty());
        sample(ExecutorService.class, ForkJoinPool.commonPool());
        sample(Runnable.class, () -> {});
        sample(Object.class, "object");
        sample(Config.class, ConfigFactory.load());
        sample(ActorSystem.class, kit.system());
        sample(ActorRef.class, actor);
        sample(Shrinker.class, shrinker);
        sample(AsyncShrinker.class, async);
        sample(ShrinkControl.class, FakeControl.of(cgroup.path(), 1));
        sample(FakeControl.class, FakeControl.of(cgroup.path(), 1));
        sample(TraceListener.class, event -> {});
        sample(CgroupPath.class, cgroup.path());
        sample(ShrinkerSpec.class, spec);
        sample(Cancellation.class, new Cancellation());
        sample(Cgroup.class, cgroup);
        sample(ShrinkerHandle.class, kit.register(spec, shrinker));
        sample(ReclaimRequest.class, ReclaimRequest.everywhere());
        sample(Reclaimer.class, kit.reclaimer());
        makeAdapters(spec);
        makeTestKit(spec, shrinker);
    }

    private void makeAdapters(ShrinkerSpec spec) {
        Cache<String, String> cache = Caffeine.newBuilder().maximumSize(10).build();
        sample(Cache.class, cache);
        sample(AsyncCache.class, Caffeine.newBuilder().maximumSize(10).<String, String>buildAsync());
        sample(CaffeineShrinker.class, CaffeineShrinker.of(cache));
        sample(
                DirectBufferPool.class,
                kit.await(DirectBufferPool.register(kit.reclaimer(), ShrinkerSpec.named("pool"), 64)));
        sample(ReclaimableActor.class, ReclaimableActor.of(spec, ReclaimableMap<String, String>::new));
        sample(ReclaimableList.class, new ReclaimableList<String>());
        sample(ReclaimableMap.class, new ReclaimableMap<String, String>());
        sample(LruLists.class, kit.await(LruLists.<String>register(kit.reclaimer(), spec.byNode(), value -> {})));
        sample(ShardedEntities.class, ShardedEntities.start(kit.system(), "nulls"));
        sample(ShardedLimit.Settings.class, ShardedLimit.Settings.of(10));
        sample(Watermarks.class, new Watermarks(0.1, 0.2, 0.3));
        sample(ManualHeap.class, new ManualHeap(1_000, () -> 1, () -> 1));
    }

    private void makeTestKit(ShrinkerSpec spec, Shrinker shrinker) {
        sample(ContractSubject.class, ContractSubject.of(spec, shrinker));
        sample(BlockingReclaimer.class, kit);
        sample(CallLog.class, new CallLog("s", () -> Duration.ZERO));
        sample(Setup[].class, new Setup[0]);
        sample(ReclaimerTestSystem.class, real);
        sample(ReclaimerTestKit.class, simulated);
        sample(ReclaimerTestKitAssert.class, ReclaimerTestKitAssert.assertThat(simulated));
    }
}
