package io.reclaimer.interleavings;

import io.reclaimer.engine.EngineContext;
import io.reclaimer.engine.call.VisitWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Loads a second copy of the engine, with steps woven into it ({@link StepWeaver}) and, where classes are replaced, with a fault.
 * Test classes in the engine's package are loaded with it, unchanged; all other classes are the parent's.
 */
final class EngineLoader extends ClassLoader {

    private static final String[] OWN = {"io.reclaimer.engine.", "io.reclaimer.shrinker."};

    /** The threads of a {@link Schedule} are of this class, and of the parent's. */
    private static final String SHARED = VisitWorker.class.getName();

    private static final Path MAIN = Path.of(EngineContext.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath());

    private static final Set<String> VOLATILES = volatiles();

    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> replacements;

    /**
     * Creates a loader of one engine.
     *
     * @param replacements classes by name that replace those of the engine
     */
    EngineLoader(Map<String, byte[]> replacements) {
        super(EngineLoader.class.getClassLoader());
        this.replacements = replacements;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.equals(SHARED) || Stream.of(OWN).noneMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String file = name.replace('.', '/') + ".class";
        try {
            byte[] bytes = replacements.get(name);
            Path main = MAIN.resolve(file);
            if (bytes == null && Files.exists(main)) {
                bytes = Files.readAllBytes(main);
            }
            if (bytes != null) {
                bytes = StepWeaver.weave(bytes, VOLATILES);
            } else {
                try (var in = getResourceAsStream(file)) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    bytes = in.readAllBytes();
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> volatiles() {
        Set<String> all = new HashSet<>();
        try (Stream<Path> files = Files.walk(MAIN.resolve("io/reclaimer"))) {
            for (Path file :
                    (Iterable<Path>) files.filter(path -> path.toString().endsWith(".class"))::iterator) {
                ClassReader reader = new ClassReader(Files.readAllBytes(file));
                String owner = reader.getClassName();
                reader.accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public FieldVisitor visitField(
                                    int access, String name, String descriptor, String signature, Object value) {
                                if ((access & Opcodes.ACC_VOLATILE) != 0) {
                                    all.add(owner + "." + name);
                                }
                                return null;
                            }
                        },
                        ClassReader.SKIP_CODE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }
}
