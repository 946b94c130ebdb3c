package io.reclaimer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pages for users name types of the public packages, and members of these types. */
class UserPagesTest {

    /** Pages that also name removed or internal types. */
    private static final Set<String> OTHER_PAGES = Set.of("changes.md", "interleavings.md", "cluster-scale.md");

    private static final List<String> PUBLIC =
            List.of("", "shrinker", "pressure", "budget", "adapter", "cluster", "scenario", "testkit");

    /** Names of other software on the pages: types of libraries, and states of pods. */
    private static final Set<String> OF_OTHERS = Set.of(
            "ActorSystem",
            "ActorTestKit",
            "AsyncCache",
            "CompletionStage",
            "ContainerCreating",
            "CreateContainerConfigError",
            "IllegalArgumentException",
            "Long",
            "NullPointerException",
            "OutOfMemoryError");

    private static final Pattern TYPE = Pattern.compile("[A-Z][a-z]+(?:[A-Z][a-z]*)+");
    private static final Pattern MEMBER = Pattern.compile("([A-Z]\\w*(?:\\.[A-Z][a-z]\\w*)*)\\.(\\w+)(?:\\(.*\\))?");

    private final Map<String, Class<?>> types = publicTypes();

    @Test
    void typesExist() {
        Set<String> unknown = spans().stream()
                .filter(span -> TYPE.matcher(span).matches())
                .filter(span -> !types.containsKey(span) && isOurs(span))
                .collect(Collectors.toSet());
        assertThat(unknown)
                .as("Names of types that pages for users show and no public package has")
                .isEmpty();
    }

    @Test
    void membersExist() {
        assertThat(spans().stream().map(MEMBER::matcher).filter(Matcher::matches))
                .hasSizeGreaterThan(50)
                .allSatisfy(span -> {
                    String type = span.group(1).replaceAll(".*\\.", "");
                    if (isOurs(type)) {
                        assertThat(types).as(span.group()).containsKey(type);
                        assertThat(membersOf(types.get(type))).as(span.group()).contains(span.group(2));
                    }
                });
    }

    private static List<String> spans() {
        return Documents.all().stream()
                .filter(page -> !OTHER_PAGES.contains(page.getFileName().toString()))
                .flatMap(page -> Documents.spans(Documents.read(page)).stream())
                .toList();
    }

    /** Whether a type has to be one of the public types. */
    private static boolean isOurs(String type) {
        return !type.endsWith("Test") && !type.endsWith("IT") && !OF_OTHERS.contains(type);
    }

    private static Set<String> membersOf(Class<?> type) {
        Set<String> members = new HashSet<>();
        Arrays.stream(type.getMethods()).forEach(method -> members.add(method.getName()));
        Arrays.stream(type.getFields()).forEach(field -> members.add(field.getName()));
        Arrays.stream(type.getClasses()).forEach(nested -> members.add(nested.getSimpleName()));
        return members;
    }

    /** The types of the public packages, also nested ones, by simple name. */
    private static Map<String, Class<?>> publicTypes() {
        Map<String, Class<?>> types = new TreeMap<>();
        Path root = Documents.MAIN.resolve("io").resolve("reclaimer");
        for (Path file : Documents.files(root, ".java")) {
            Path name = root.relativize(file);
            String room = name.getNameCount() == 1 ? "" : name.getName(0).toString();
            if (PUBLIC.contains(room) && !name.endsWith("package-info.java")) {
                add(
                        types,
                        "io.reclaimer." + name.toString().replace(".java", "").replace('/', '.'));
            }
        }
        return types;
    }

    private static void add(Map<String, Class<?>> types, String name) {
        try {
            Class<?> type = Class.forName(name, false, UserPagesTest.class.getClassLoader());
            Stream.concat(Stream.of(type), Arrays.stream(type.getClasses()))
                    .filter(each -> Modifier.isPublic(each.getModifiers()))
                    .forEach(each -> types.putIfAbsent(each.getSimpleName(), each));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
