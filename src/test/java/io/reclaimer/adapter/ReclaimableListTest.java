package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.adapter.ReclaimableState.Freed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReclaimableListTest {

    @Test
    void oldestGoesFirst() {
        ReclaimableList<Integer> list = filled(10);
        assertThat(list.free(4)).isEqualTo(new Freed(4, -1));
        assertThat(list.values()).containsExactly(4, 5, 6, 7, 8, 9);
        assertThat(list.free(Long.MAX_VALUE)).isEqualTo(new Freed(6, -1));
        assertThat(list.free(1)).isEqualTo(new Freed(0, -1));
    }

    @Test
    void pinnedValuesKeepTheirPlaceAndLetOthersHaveTheirTurn() {
        ReclaimableList<Integer> list = filled(10).pinned(value -> value < 3 || value == 8);
        assertThat(list.free(3)).isEqualTo(new Freed(0, -1));
        assertThat(list.free(4)).isEqualTo(new Freed(4, -1));
        assertThat(list.values()).containsExactly(0, 1, 2, 7, 8, 9);
        assertThat(list.free(4)).isEqualTo(new Freed(2, -1));
        assertThat(list.values()).containsExactly(0, 1, 2, 8);
    }

    @Test
    void scanComesRoundToTheOldest() {
        ReclaimableList<Integer> list = filled(6).pinned(value -> value % 2 == 0);
        assertThat(list.free(4)).isEqualTo(new Freed(2, -1));
        list.pinned(value -> false);
        assertThat(list.free(3)).isEqualTo(new Freed(3, -1));
        assertThat(list.values()).containsExactly(2);
    }

    @Test
    void positionStaysInAListThatItsActorMadeShorter() {
        ReclaimableList<Integer> list = filled(6).pinned(value -> true);
        list.free(5);
        assertThat(list.removeIf(value -> value > 1)).isTrue();
        assertThat(list.remove(0)).isZero();
        list.pinned(value -> false);
        assertThat(list.free(5)).isEqualTo(new Freed(1, -1));
        assertThat(list.size()).isZero();
    }

    @Test
    void freedBytesAreWhatTheFreedValuesWeigh() {
        ReclaimableList<Integer> list = filled(5).weigher(value -> value == 1 ? -7 : value);
        assertThat(list.free(4)).isEqualTo(new Freed(4, 5));
    }

    @Test
    void listenerHearsOfWhatIsGoneAndMayAddIt() {
        ReclaimableList<Integer> list = filled(3);
        List<Integer> heard = new ArrayList<>();
        list.onReclaimed(value -> {
            heard.add(value);
            list.add(value + 100);
        });
        assertThat(list.free(2)).isEqualTo(new Freed(2, -1));
        assertThat(heard).containsExactly(0, 1);
        assertThat(list.values()).containsExactly(2, 100, 101);
    }

    /** The scan wraps around: it examines the values 4 and 5, then 0 to 3. */
    @ParameterizedTest
    @ValueSource(ints = {4, 5, 0, 3})
    void scanThatFailsFreesNothingWhereverItFails(int failing) {
        List<Integer> heard = new ArrayList<>();
        ReclaimableList<Integer> list = filled(6).pinned(value -> value < 4).onReclaimed(value -> {
            heard.add(value);
            throw new IllegalStateException("listener");
        });
        list.free(4);
        list.pinned(value -> isUnknown(value, failing));
        assertThatThrownBy(() -> list.free(6)).hasMessage("unknown").hasNoSuppressedExceptions();
        list.pinned(value -> false).weigher(value -> isUnknown(value, failing) ? 1 : 0);
        assertThatThrownBy(() -> list.free(6)).hasMessage("unknown").hasNoSuppressedExceptions();
        assertThat(heard).isEmpty();
        assertThat(list.values()).containsExactly(0, 1, 2, 3, 4, 5);
    }

    /** Its failure is thrown at the actor; the values are gone from the list. */
    @Test
    void listenerThatFailsIsHeardOf() {
        ReclaimableList<Integer> list = filled(3).onReclaimed(value -> {
            throw new IllegalStateException("listener");
        });
        assertThatThrownBy(() -> list.free(2)).hasMessage("listener");
        assertThat(list.values()).containsExactly(2);
    }

    @Test
    void valuesCanNotBeChangedFromOutside() {
        assertThatThrownBy(() -> filled(3).values().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    private static boolean isUnknown(int value, int unknown) {
        if (value == unknown) {
            throw new IllegalStateException("unknown");
        }
        return false;
    }

    private static ReclaimableList<Integer> filled(int count) {
        ReclaimableList<Integer> list = new ReclaimableList<>();
        IntStream.range(0, count).forEach(list::add);
        return list;
    }
}
