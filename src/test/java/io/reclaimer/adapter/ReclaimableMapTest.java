package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.adapter.ReclaimableState.Freed;
import io.reclaimer.testkit.Seeded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReclaimableMapTest {

    @Test
    void whatWasNotUsedForLongestGoesFirst() {
        ReclaimableMap<Integer, String> values = filled(10);
        assertThat(values.get(0)).contains("value 0");
        values.put(1, "another");
        assertThat(values.free(4)).isEqualTo(new Freed(4, -1));
        assertThat(values.keys()).containsExactly(6, 7, 8, 9, 0, 1);
    }

    @Test
    void noMoreIsFreedThanThereIs() {
        ReclaimableMap<Integer, String> values = filled(10);
        assertThat(values.free(Long.MAX_VALUE)).isEqualTo(new Freed(10, -1));
        assertThat(values.size()).isZero();
        assertThat(values.free(1)).isEqualTo(new Freed(0, -1));
    }

    @Test
    void freedBytesAreWhatTheFreedValuesWeigh() {
        ReclaimableMap<Integer, String> values = filled(3).weigher(value -> value.length() - 6);
        values.put(1, "seventy");
        assertThat(values.free(2)).isEqualTo(new Freed(2, 2));
        assertThat(values.free(2)).isEqualTo(new Freed(1, 1));
        assertThat(values.free(2)).isEqualTo(new Freed(0, 0));
    }

    @Test
    void negativeWeightCountsAsNothing() {
        ReclaimableMap<Integer, String> values = filled(3).weigher(value -> value.equals("value 1") ? -100 : 10);
        assertThat(values.free(3)).isEqualTo(new Freed(3, 20));
    }

    @Test
    void pinnedValuesStayAndLetOthersHaveTheirTurn() {
        ReclaimableMap<Integer, String> values = filled(10).pinned((key, value) -> key < 4);
        assertThat(values.free(4)).isEqualTo(new Freed(0, -1));
        assertThat(values.keys()).containsExactly(4, 5, 6, 7, 8, 9, 0, 1, 2, 3);
        assertThat(values.free(4)).isEqualTo(new Freed(4, -1));
        assertThat(values.free(100)).isEqualTo(new Freed(2, -1));
        assertThat(values.keys()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void listenerHearsOfWhatIsGoneAndMayPutItBack() {
        ReclaimableMap<Integer, String> values = new ReclaimableMap<>();
        List<Integer> heard = new ArrayList<>();
        values.onReclaimed((key, value) -> {
            assertThat(values.get(key)).isEmpty();
            heard.add(key);
            values.put(key + 100, value);
        });
        IntStream.range(0, 3).forEach(key -> values.put(key, "value " + key));
        assertThat(values.free(2)).isEqualTo(new Freed(2, -1));
        assertThat(heard).containsExactly(0, 1);
        assertThat(values.keys()).containsExactly(2, 100, 101);
    }

    @Test
    void nothingIsLostWhereAFunctionOfTheUsersThrows() {
        ReclaimableMap<Integer, String> values = filled(3).weigher(value -> {
            throw new IllegalStateException("unweighable");
        });
        assertThatThrownBy(() -> values.free(2)).hasMessage("unweighable");
        assertThat(values.keys()).containsExactly(0, 1, 2);
    }

    @Test
    void missOfWhatWasGivenUpIsARefaultOnce() {
        ReclaimableMap<Integer, String> values = filled(10);
        values.free(5);
        values.get(0);
        values.put(0, "again");
        values.get(0);
        values.put(1, "again");
        assertThat(values.takeRefaults()).isEqualTo(2);
        assertThat(values.takeRefaults()).isZero();
    }

    /** "Aa" and "BB" have the same hash code. */
    @Test
    void anotherKeyOfTheSameHashCodeIsNoRefault() {
        ReclaimableMap<String, String> values = new ReclaimableMap<>();
        values.put("Aa", "value");
        values.free(1);
        values.get("BB");
        values.put("BB", "value");
        assertThat(values.takeRefaults()).isZero();
        values.get("Aa");
        assertThat(values.takeRefaults()).isOne();
    }

    @Test
    void whatTheActorItselfRemovedIsNoRefault() {
        ReclaimableMap<Integer, String> values = filled(10);
        values.get(99);
        assertThat(values.remove(7)).contains("value 7");
        values.free(5);
        values.get(7);
        values.put(7, "again");
        assertThat(values.takeRefaults()).isZero();
    }

    /** The list of freed keys is made for a few values at first, and has to grow. */
    @Test
    void refaultsOfManyAreNoticedAfterAFewWereGivenUp() {
        ReclaimableMap<Integer, String> values = filled(2);
        values.free(1);
        IntStream.range(1000, 2000).forEach(key -> values.put(key, "value"));
        values.free(600);
        IntStream.range(1000, 1500).forEach(values::get);
        assertThat(values.takeRefaults()).isGreaterThan(300);
    }

    @Test
    void anySequenceGoesAsWithAPlainListOfKeys() {
        Seeded random = Seeded.create();
        ReclaimableMap<Integer, Integer> values = new ReclaimableMap<Integer, Integer>()
                .weigher(Integer::longValue)
                .pinned((key, value) -> key % 7 == 0);
        Map<Integer, Integer> model = new LinkedHashMap<>();
        for (int step = 0; step < 4_000; step++) {
            int key = random.nextInt(50);
            switch (random.nextInt(4)) {
                case 0 -> {
                    assertThat(values.put(key, step).orElse(-1)).isEqualTo(model.getOrDefault(key, -1));
                    model.remove(key);
                    model.put(key, step);
                }
                case 1 -> {
                    assertThat(values.get(key).orElse(-1)).isEqualTo(model.getOrDefault(key, -1));
                    if (model.containsKey(key)) {
                        model.put(key, model.remove(key));
                    }
                }
                case 2 -> {
                    Integer removed = model.remove(key);
                    assertThat(values.remove(key).orElse(-1)).isEqualTo(removed == null ? -1 : removed);
                }
                default -> assertThat(values.free(1 + key / 10)).isEqualTo(freed(model, 1 + key / 10));
            }
            assertThat(values.keys()).as("%s", random).containsExactlyElementsOf(model.keySet());
            assertThat(values.size()).isEqualTo(model.size());
        }
    }

    private static Freed freed(Map<Integer, Integer> model, int most) {
        long objects = 0;
        long bytes = 0;
        for (int key : List.copyOf(model.keySet()).subList(0, Math.min(most, model.size()))) {
            int value = model.remove(key);
            if (key % 7 == 0) {
                model.put(key, value);
            } else {
                objects++;
                bytes += value;
            }
        }
        return new Freed(objects, bytes);
    }

    private static ReclaimableMap<Integer, String> filled(int count) {
        ReclaimableMap<Integer, String> values = new ReclaimableMap<>();
        IntStream.range(0, count).forEach(key -> values.put(key, "value " + key));
        return values;
    }
}
