package io.reclaimer.scenario;

import io.reclaimer.scenario.Shape.Anything;
import io.reclaimer.scenario.Shape.Either;
import io.reclaimer.scenario.Shape.Field;
import io.reclaimer.scenario.Shape.Keys;
import io.reclaimer.scenario.Shape.Kinds;
import io.reclaimer.scenario.Shape.Many;
import io.reclaimer.scenario.Shape.Names;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The form of scenarios as tables in Markdown, one for each object, in the order in which they are named. */
final class ShapeTables {

    private final Map<String, String> tables = new LinkedHashMap<>();

    private ShapeTables() {}

    /** By the key that has such an object; of a scenario itself, "scenario". */
    static Map<String, String> all() {
        ShapeTables tables = new ShapeTables();
        tables.add("scenario", ScenarioShape.scenario());
        return tables.tables;
    }

    private void add(String name, Keys keys) {
        if (tables.containsKey(name)) {
            return;
        }
        tables.put(name, "");
        StringBuilder table =
                new StringBuilder("| Key | What it is | Allowed | Where it is left out |\n|---|---|---|---|\n");
        for (Field field : keys.fields()) {
            table.append(row(
                    "`" + field.name() + "`",
                    field.about(),
                    allowed(field.name(), field.shape()),
                    field.otherwise().orElse("**has to be there**")));
        }
        if (!keys.oneOrMore().isEmpty()) {
            table.append("\nOne or more of ")
                    .append(keys.oneOrMore().stream()
                            .map(key -> "`" + key + "`")
                            .collect(Collectors.joining(", ")))
                    .append(" has to be there.\n");
        }
        tables.put(name, table.toString());
        keys.fields().forEach(field -> addInner(field.name(), field.shape()));
    }

    private void addInner(String name, Shape shape) {
        if (shape instanceof Keys keys) {
            add(name, keys);
        } else if (shape instanceof Many many) {
            addInner(name, many.element());
        } else if (shape instanceof Names names) {
            addInner(name, names.value());
        } else if (shape instanceof Either either) {
            either.shapes().forEach(each -> addInner(name, each));
        } else if (shape instanceof Kinds kinds) {
            addKinds(name, kinds);
        }
    }

    private void addKinds(String name, Kinds kinds) {
        Set<String> everywhere =
                kinds.kinds().get("dump").fields().stream().map(Field::name).collect(Collectors.toSet());
        StringBuilder table = new StringBuilder("| `" + kinds.key() + "` | Has to have | May have |\n|---|---|---|\n");
        kinds.kinds()
                .forEach((kind, keys) -> table.append(row(
                        "`" + kind + "`",
                        names(keys.fields(), everywhere, true),
                        names(keys.fields(), everywhere, false))));
        add("each step", new Keys(kinds.kinds().get("dump").fields()));
        tables.put(name, table.toString());
        Map<String, Field> others = new LinkedHashMap<>();
        // A round's are told where pressure has them, but for the one that only the step has.
        kinds.kinds().entrySet().stream()
                .flatMap(kind -> kind.getValue().fields().stream()
                        .filter(field ->
                                !kind.getKey().equals("round") || field.name().equals("apart")))
                .filter(field -> !everywhere.contains(field.name()))
                .forEach(field -> others.putIfAbsent(field.name(), field));
        others.values().forEach(field -> addInner(field.name(), field.shape()));
        add("keys of steps", new Keys(List.copyOf(others.values())));
    }

    private static String names(List<Field> fields, Set<String> everywhere, boolean needed) {
        return fields.stream()
                .filter(field -> field.otherwise().isEmpty() == needed)
                .filter(field -> !field.name().equals("op"))
                .filter(field -> needed || !everywhere.contains(field.name()))
                .map(field -> "`" + field.name() + "`")
                .collect(Collectors.joining(", "));
    }

    private static String allowed(String name, Shape shape) {
        if (shape instanceof Kinds) {
            return "a [step](#" + name + ")";
        } else if (shape instanceof Keys) {
            return "[an object](#" + name + ")";
        } else if (shape instanceof Many many && inner(many.element()).isPresent()) {
            return "a list, each " + allowed(name, many.element());
        } else if (shape instanceof Names names) {
            return inner(names.value()).isPresent()
                    ? "an object: names, each with " + allowed(name, names.value())
                    : "an object with any keys";
        } else if (shape instanceof Either either) {
            return either.shapes().stream().map(each -> allowed(name, each)).collect(Collectors.joining(", or "));
        }
        return shape instanceof Anything ? "one of those above" : Shape.allowed(shape);
    }

    private static Optional<Shape> inner(Shape shape) {
        return shape instanceof Keys || shape instanceof Kinds ? Optional.of(shape) : Optional.empty();
    }

    private static String row(String... cells) {
        return Arrays.stream(cells).map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |"))
                + "\n";
    }
}
