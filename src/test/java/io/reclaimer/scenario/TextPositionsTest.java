package io.reclaimer.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.reclaimer.testkit.Seeded;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextPositionsTest {

    private static final int TEXTS = 2_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                // key by a name, in quotes, dotted, with dots in quotes
                "a = 1|a|1:1",
                "{ a = 1 }|a|1:3",
                "\"a\" : 1|a|1:1",
                "a.b.c = 1|a.b.c|1:5",
                "a.b.c = 1|a.b|1:3",
                "\"a.b\".c = 1|a.b.c|1:7",
                // objects without a separator, comments, blanks
                "a { b = 1 }|a.b|1:5",
                "a { # b = 2~ b = 1 }|a.b|2:2",
                "a { // b = 2~\tb = 1 }|a.b|2:2",
                "a~=~{~b = 1 }|a.b|4:1",
                // lists
                "a = [1, 2]|a[1]|1:9",
                "a = [~1~2~]|a[1]|3:1",
                "a = [{ b = 1 }, { b = 1 }]|a[1].b|1:19",
                "a = [1] [2]|a[1]|1:10",
                "a = [[1, 2]]|a[0][1]|1:10",
                // what looks like more than it is
                "a = \"} b = 1\", c = 1|c|1:16",
                "a = \"\\\"\", c = 1|c|1:11",
                "a = \"\"\"~} b = 1 \"\"\", c = 1|c|2:14",
                "a = \"\"\"x\"\"\"\"\", c = 1|c|1:16",
                "a = x y [1], c = 1|c|1:14",
                // given twice: the last
                "a = 1~a = 2|a|2:1",
                "a { b = 1 }~a { c = 1 }|a.c|2:5",
                "a { b = 1 }~a { c = 1 }|a.b|1:5",
                // from elsewhere
                "include \"x\"~a = 1|a|2:1",
                "include required(file(\"x\"))~a = 1|a|2:1",
                "a { include \"x\", b = 1 }|a.b|1:18",
                "included = 1|included|1:1",
                "x = {}, a = ${x} { b = 1 }|a.b|1:20",
            })
    void keysAndElementsStandWhereTheyStand(String text, String path, String position) {
        assertThat(TextPositions.of(text.replace('~', '\n')).get(path)).hasToString(position);
        assertThat(TextPositions.of(text.replace("~", "\r\n")).get(path)).hasToString(position);
    }

    /** Better none than a wrong one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x = [1], a = ${x} [2]|a[0]",
                "x = [1], a = [0], a = ${x} [2]|a[0]",
                "a = [1], a += 2|a[1]",
                "a = [1], a += { b = 1 }|a[1].b",
                "# a = 1|a",
            })
    void whatIsNotKnownHasNone(String text, String path) {
        assertThat(TextPositions.of(text)).doesNotContainKey(path);
    }

    @Test
    void positionsOfAllKeysAndElementsAreExact() {
        Seeded random = Seeded.create();
        for (int i = 0; i < TEXTS; i++) {
            Written written = new Written(random);
            written.document();
            assertThat(paths(
                            "",
                            ConfigFactory.parseString(written.text.toString()).root()))
                    .as("%s: what Typesafe Config reads in text %s:\n%s", random, i, written.text)
                    .containsExactlyInAnyOrderElementsOf(written.expected.keySet());
            assertThat(TextPositions.of(written.text.toString()))
                    .as("%s, text %s:\n%s", random, i, written.text)
                    .isEqualTo(written.expected);
        }
    }

    private static Set<String> paths(String path, ConfigValue value) {
        Set<String> paths = new HashSet<>(Set.of(path));
        if (value instanceof ConfigObject object) {
            object.forEach((key, each) -> paths.addAll(paths(ShapeCheck.join(path, key), each)));
        } else if (value instanceof ConfigList list) {
            for (int i = 0; i < list.size(); i++) {
                paths.addAll(paths(path + "[" + i + "]", list.get(i)));
            }
        }
        return paths;
    }

    /** Any HOCON, of which each key is written once, and where each stands. */
    private static final class Written {
        private final Random random;
        private final StringBuilder text = new StringBuilder();
        private final Map<String, Position> expected = new HashMap<>();
        private final String end;
        private int names;

        Written(Random random) {
            this.random = random;
            this.end = random.nextBoolean() ? "\n" : "\r\n";
        }

        void document() {
            expected.put("", new Position(1, 1));
            boolean braces = random.nextBoolean();
            blank();
            text.append(braces ? "{" : "");
            members("", 3);
            text.append(braces ? "}" : "");
            blank();
        }

        private String any(String... all) {
            return all[random.nextInt(all.length)];
        }

        private Position here() {
            String so = text.toString();
            return new Position(
                    (int) so.chars().filter(letter -> letter == '\n').count() + 1, so.length() - so.lastIndexOf('\n'));
        }

        /** Nothing, blanks, or ends of lines and comments. */
        private void blank() {
            for (int i = random.nextInt(3); i > 0; i--) {
                text.append(any(" ", "\t", end, end, "# a = { [ \" ' }" + end, " // k1 = ]" + end, "\u00A0"));
            }
        }

        private void between() {
            if (random.nextBoolean()) {
                text.append(any(" ", "\t", "")).append(",");
            } else {
                text.append(any("", " ", " # , b = 1", "// x {")).append(end);
            }
            blank();
        }

        private void members(String path, int depth) {
            blank();
            for (int i = random.nextInt(4); i > 0; i--) {
                member(path, depth);
                between();
            }
        }

        private void member(String path, int depth) {
            String full = path;
            int parts = 1 + random.nextInt(2);
            for (int i = 0; i < parts; i++) {
                String name = any("k", "a-b", "included", "Ä_") + names++;
                full = full.isEmpty() ? name : full + "." + name;
                text.append(i > 0 ? "." : "");
                expected.put(full, here());
                text.append(random.nextBoolean() ? name : "\"" + name + "\"");
            }
            text.append(any("", " ", "\t"));
            if (depth > 0 && random.nextBoolean()) {
                text.append(any("", "=", ":"));
                blank();
                object(full, depth - 1);
            } else {
                text.append(any("=", ":", " = "));
                blank();
                value(full, depth - 1);
            }
        }

        private void object(String path, int depth) {
            text.append("{");
            members(path, depth);
            text.append("}");
        }

        private void value(String path, int depth) {
            int kind = random.nextInt(depth > 0 ? 3 : 1);
            if (kind == 1) {
                object(path, depth);
            } else if (kind == 2) {
                text.append("[");
                blank();
                int elements = random.nextInt(4);
                for (int i = 0; i < elements; i++) {
                    String element = path + "[" + i + "]";
                    expected.put(element, here());
                    value(element, depth - 1);
                    between();
                }
                text.append("]");
            } else {
                text.append(any(
                        "1",
                        "10 KiB",
                        "on",
                        "/shop/web",
                        "\"\"",
                        "\"} ] , a = 1 # \\\" {\"",
                        "a \"b\" c",
                        "\"\"\"raw \" \\ } " + end + " # = { \"\"\"",
                        "null"));
            }
        }
    }
}
