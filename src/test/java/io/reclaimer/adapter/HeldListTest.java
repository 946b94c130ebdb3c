package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.adapter.HeldState.Freed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldListTest {

    @Test
    void oldestGoesFirst() {
        HeldList<Integer> list = filled(10);
        assertThat(list.free(4)).isEqualTo(new Freed(4, -1));
        assertThat(list.values()).containsExactly(4, 5, 6, 7, 8, 9);
        assertThat(list.free(Long.MAX_VALUE)).isEqualTo(new Freed(6, -1));
        assertThat(list.free(1)).isEqualTo(new Freed(0, -1));
    }

    @Test
    void pinnedValuesKeepTheirPlaceAndLetOthersHaveTheirTurn() {
        HeldList<Integer> list = filled(10).pinned(value -> value < 3 || value == 8);
        assertThat(list.free(3)).isEqualTo(new Freed(0, -1));
        assertThat(list.free(4)).isEqualTo(new Freed(4, -1));
        assertThat(list.values()).containsExactly(0, 1, 2, 7, 8, 9);
        assertThat(list.free(4)).isEqualTo(new Freed(2, -1));
        assertThat(list.values()).containsExactly(0, 1, 2, 8);
    }

    @Test
    void handComesRoundToTheOldest() {
        HeldList<Integer> list = filled(6).pinned(value -> value % 2 == 0);
        assertThat(list.free(4)).isEqualTo(new Freed(2, -1));
        list.pinned(value -> false);
        assertThat(list.free(3)).isEqualTo(new Freed(3, -1));
        assertThat(list.values()).containsExactly(2);
    }

    @Test
    void handStaysInAListThatItsActorMadeShorter() {
        HeldList<Integer> list = filled(6).pinned(value -> true);
        list.free(5);
        assertThat(list.removeIf(value -> value > 1)).isTrue();
        assertThat(list.remove(0)).isZero();
        list.pinned(value -> false);
        assertThat(list.free(5)).isEqualTo(new Freed(1, -1));
        assertThat(list.size()).isZero();
    }

    @Test
    void freedBytesAreWhatTheFreedValuesWeigh() {
        HeldList<Integer> list = filled(5).weigher(value -> value == 1 ? -7 : value);
        assertThat(list.free(4)).isEqualTo(new Freed(4, 5));
    }

    @Test
    void listenerHearsOfWhatIsGoneAndMayAddIt() {
        HeldList<Integer> list = filled(3);
        List<Integer> heard = new ArrayList<>();
        list.onReclaimed(value -> {
            heard.add(value);
            list.add(value + 100);
        });
        assertThat(list.free(2)).isEqualTo(new Freed(2, -1));
        assertThat(heard).containsExactly(0, 1);
        assertThat(list.values()).containsExactly(2, 100, 101);
    }

    @Test
    void listenerHearsOfFreedValuesEvenIfTheScanFailsAfterItsWrapAround() {
        List<Integer> heard = new ArrayList<>();
        HeldList<Integer> list = filled(6).pinned(value -> value < 4).onReclaimed(heard::add);
        list.free(4);
        list.pinned(value -> {
            if (value < 4) {
                throw new IllegalStateException("unknown");
            }
            return false;
        });
        assertThatThrownBy(() -> list.free(6)).hasMessage("unknown");
        assertThat(heard).containsExactly(4, 5);
        assertThat(list.values()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void nothingIsLostWhereAFunctionOfTheUsersThrows() {
        HeldList<Integer> list = filled(3).weigher(value -> {
            throw new IllegalStateException("unweighable");
        });
        assertThatThrownBy(() -> list.free(2)).hasMessage("unweighable");
        assertThat(list.values()).containsExactly(0, 1, 2);
    }

    @Test
    void valuesCanNotBeChangedFromOutside() {
        assertThatThrownBy(() -> filled(3).values().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    private static HeldList<Integer> filled(int count) {
        HeldList<Integer> list = new HeldList<>();
        IntStream.range(0, count).forEach(list::add);
        return list;
    }
}
