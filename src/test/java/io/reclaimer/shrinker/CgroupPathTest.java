package io.reclaimer.shrinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.testkit.Seeded;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupPathTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/shop", "/shop/web", "/A-Z_0.9", "/...", "/.hidden"})
    void isWhatWasWritten(String path) {
        assertThat(CgroupPath.of(path)).hasToString(path);
        assertThat(CgroupPath.of(path)).isEqualTo(CgroupPath.of(path)).hasSameHashCodeAs(CgroupPath.of(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "shop", "//", "/shop/", "//shop", "/shop//web", "/.", "/..", "/a/../b", "/a b", "/ü", "/a\n"
            })
    void anythingElseIsRefusedByName(String path) {
        assertThatThrownBy(() -> CgroupPath.of(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("[" + path + "]", "Allowed");
    }

    @Test
    void segmentHasUpTo64CharactersAndTheTreeIsUpTo32Deep() {
        String longest = "/" + "x".repeat(64);
        assertThat(CgroupPath.of(longest)).hasToString(longest);
        assertThatThrownBy(() -> CgroupPath.of(longest + "x")).hasMessageContaining("1 to 64");
        CgroupPath deepest = CgroupPath.of("/x".repeat(32));
        assertThatThrownBy(() -> deepest.child("x")).hasMessageContainingAll("33", "up to 32");
        assertThatThrownBy(() -> CgroupPath.of("/x".repeat(10_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
    }

    /** A child is one level below; a segment with a slash in it would be two. */
    @Test
    void childHasOneSegmentMore() {
        assertThat(CgroupPath.root().child("shop").child("web")).isEqualTo(CgroupPath.of("/shop/web"));
        for (String segment : List.of("shop/web", "shop/web/")) {
            assertThatThrownBy(() -> CgroupPath.root().child(segment)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void parentIsTheCgroupAbove() {
        assertThat(CgroupPath.of("/shop/web").parent()).contains(CgroupPath.of("/shop"));
        assertThat(CgroupPath.of("/shop").parent()).contains(CgroupPath.root());
        assertThat(CgroupPath.root().parent()).isEmpty();
        assertThat(CgroupPath.root().isRoot()).isTrue();
        assertThat(CgroupPath.of("/shop").isRoot()).isFalse();
    }

    @Test
    void isWithinItselfAndAllAbove() {
        CgroupPath web = CgroupPath.of("/shop/web");
        assertThat(List.of("/", "/shop", "/shop/web")).allMatch(above -> web.isWithin(CgroupPath.of(above)));
        assertThat(List.of("/sho", "/shop/we", "/shop/web/x", "/web"))
                .noneMatch(other -> web.isWithin(CgroupPath.of(other)));
    }

    @Test
    void isOrderedByTheWrittenForm() {
        assertThat(List.of("/b", "/", "/a/b", "/a").stream().map(CgroupPath::of).sorted())
                .map(CgroupPath::toString)
                .containsExactly("/", "/a", "/a/b", "/b");
    }

    /** What others name their tenants by, and what they see when they forget to encode it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "org:42 org_3a42",
                "ann@example.com ann_40example.com",
                "a|b a_7cb",
                "müller m_fcller",
                "a/b a_2fb",
                "a_b a_5fb",
                "_ _5f",
                "Łódź __0141_f3d__017a",
                "web-1.eu web-1.eu",
                ". _2e",
                ".. _2e_2e",
                "... ..."
            })
    void anyNameHasASegment(String name, String segment) {
        assertThat(CgroupPath.encode(name)).isEqualTo(segment);
        assertThat(CgroupPath.decode(segment)).isEqualTo(name);
        assertThat(CgroupPath.root().child(segment).parent()).contains(CgroupPath.root());
    }

    @Test
    void refusedSegmentSaysHowItCanBeOne() {
        assertThatThrownBy(() -> CgroupPath.root().child("org:42"))
                .hasMessageContainingAll("[org:42]", "A-Z a-z 0-9 . _ -", "CgroupPath.encode");
    }

    @Test
    void encodedNamesOfAnyCharactersAreSegmentsAndComeBackAndDiffer() {
        Seeded random = Seeded.create();
        Map<String, String> names = new HashMap<>();
        for (int run = 0; run < 5_000; run++) {
            String name = name(random);
            String segment = CgroupPath.encode(name);
            assertThat(CgroupPath.of("/" + segment)).as("%s", random).hasToString("/" + segment);
            assertThat(CgroupPath.decode(segment)).as("%s", random).isEqualTo(name);
            String other = names.putIfAbsent(segment, name);
            assertThat(other == null || other.equals(name)).as("%s", random).isTrue();
        }
    }

    /** Up to ten units of any kind: of those that stay, of Latin ones, of any, surrogates without their pairs included. */
    private static String name(Seeded random) {
        StringBuilder name = new StringBuilder();
        int length = 1 + random.nextInt(10);
        for (int i = 0; i < length; i++) {
            int kind = random.nextInt(4);
            name.append(
                    kind == 0
                            ? "_.-/a0f".charAt(random.nextInt(7))
                            : (char) random.nextInt(kind == 1 ? 0x80 : kind == 2 ? 0x200 : 0x10000));
        }
        return name.toString();
    }

    /** Else two segments would stand for one name. */
    @Test
    void whatDecodesComesBackWhenItIsEncoded() {
        Seeded random = Seeded.create();
        int decoded = 0;
        for (int run = 0; run < 5_000; run++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(8);
            for (int i = 0; i < length; i++) {
                text.append("__.a05fFü".charAt(random.nextInt(9)));
            }
            String segment = text.toString();
            try {
                assertThat(CgroupPath.encode(CgroupPath.decode(segment)))
                        .as("%s", random)
                        .isEqualTo(segment);
                decoded++;
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContainingAll("[" + segment + "]", "is no encoded name");
            }
        }
        assertThat(decoded).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "_", "_5", "_5F", "_61", "__005f", "_5fx_", ".", ".."})
    void whatIsNoEncodedNameIsRefused(String segment) {
        assertThatThrownBy(() -> CgroupPath.decode(segment)).hasMessageContainingAll("[" + segment + "]", "encode");
    }

    @Test
    void nameThatIsEmptyOrTooLongAsASegmentIsRefusedAndNeverCutOff() {
        assertThatThrownBy(() -> CgroupPath.encode("")).hasMessageContaining("1 character or more");
        assertThat(CgroupPath.encode("x".repeat(64))).hasSize(64);
        assertThat(CgroupPath.encode(":".repeat(21))).hasSize(63);
        assertThat(CgroupPath.encode("Ł".repeat(10))).hasSize(60);
        for (String tooLong : List.of("x".repeat(65), ":".repeat(22), "Ł".repeat(11), "x".repeat(1_000_000))) {
            assertThatThrownBy(() -> CgroupPath.encode(tooLong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(tooLong.length() + " characters", "more than 64", "shorter name")
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
        }
    }
}
