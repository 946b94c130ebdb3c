package io.reclaimer.testkit.junit;

import io.reclaimer.scenario.ScenarioFile;
import io.reclaimer.scenario.model.Scenario;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** The provider of the tests of a {@link ScenarioFiles} method; created by JUnit. */
final class ScenarioTemplates implements TestTemplateInvocationContextProvider {

    private static final String CLASSPATH = "classpath:";

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), ScenarioFiles.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        ScenarioFiles files = AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), ScenarioFiles.class)
                .orElseThrow();
        List<TestTemplateInvocationContext> tests = new ArrayList<>();
        for (String place : files.value()) {
            List<Scenario> found = scenarios(place, context.getRequiredTestClass());
            if (found.isEmpty()) {
                throw new IllegalArgumentException("There is no *.conf and no *.json in [" + place + "]");
            }
            found.forEach(scenario -> tests.add(new Invocation(scenario)));
        }
        return tests.stream();
    }

    private static List<Scenario> scenarios(String place, Class<?> test) {
        try {
            return place.startsWith(CLASSPATH)
                    ? onClassPath(place.substring(CLASSPATH.length()), test.getClassLoader())
                    : in(Path.of(place));
        } catch (IOException e) {
            throw new UncheckedIOException("[" + place + "] can't be read: " + e.getMessage(), e);
        }
    }

    static List<Scenario> onClassPath(String resource, ClassLoader loader) throws IOException {
        URL url = loader.getResource(resource);
        if (url == null) {
            throw new IllegalArgumentException("There is no [" + resource + "] on the class path");
        }
        try {
            URI uri = url.toURI();
            if (!uri.getScheme().equals("jar")) {
                return in(Path.of(uri));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return in(jar.getPath(resource));
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("[" + url + "] can't be read", e);
        }
    }

    private static List<Scenario> in(Path place) throws IOException {
        if (!Files.isDirectory(place)) {
            return ScenarioFile.read(place);
        }
        List<Scenario> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(place)) {
            for (Path file :
                    files.filter(ScenarioTemplates::isScenario).sorted().toList()) {
                all.addAll(ScenarioFile.read(file));
            }
        }
        return all;
    }

    private static boolean isScenario(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".conf") || name.endsWith(".json");
    }

    private record Invocation(Scenario scenario) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int number) {
            return scenario.name();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new ScenarioExtension(scenario));
        }
    }
}
