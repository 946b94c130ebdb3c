package io.reclaimer.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.Shrinker;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Threads;
import io.reclaimer.testkit.junit.ReclaimerExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A single scan call, made by the test itself. */
class LruScanTest implements LruOwner<Integer> {

    @RegisterExtension
    static final ReclaimerExtension kit = ReclaimerExtension.create().perClass();

    private final List<Integer> asked = new ArrayList<>();
    private final List<Integer> reclaimed = new ArrayList<>();
    private final List<LruItem<Integer>> items = new ArrayList<>();
    private Function<Integer, LruVerdict> verdict = value -> LruVerdict.REMOVE;
    private LruLists<Integer> lists;

    @BeforeEach
    void register() {
        lists = kit.await(LruLists.register(kit.reclaimer(), ShrinkerSpec.named("pages"), this));
    }

    @Override
    public LruVerdict isolate(Integer value) {
        asked.add(value);
        return verdict.apply(value);
    }

    @Override
    public void reclaimed(Integer value) {
        reclaimed.add(value);
    }

    @Test
    void coldestAreFreedFirst() {
        add(10);
        assertThat(scan(4)).isEqualTo(4);
        assertThat(reclaimed).containsExactly(0, 1, 2, 3);
        assertThat(lists.sizeOfRoot(0)).isEqualTo(6);
        assertThat(lists.reclaimed()).isEqualTo(4);
    }

    /** Below, at and above the number of items that are found under one hold of the lock, and more than there are. */
    @ParameterizedTest
    @ValueSource(longs = {1, LruShrinker.CHUNK - 1, LruShrinker.CHUNK, LruShrinker.CHUNK + 1, 299, 300, Long.MAX_VALUE})
    void noMoreAreExaminedThanAskedForAndThanThereAre(long most) {
        add(300);
        FakeControl control = new FakeControl("/", 0, most);
        long examined = Math.min(300, most);
        assertThat(lists.shrinker().scan(control)).isEqualTo(examined);
        assertThat(control.nrScanned()).isEqualTo(examined);
        assertThat(reclaimed).isEqualTo(numbers(0, (int) examined));
    }

    @Test
    void nothingToLookAtStopsTheVisit() {
        assertThat(scan(10)).isEqualTo(Shrinker.STOP);
        assertThat(lists.shrinker().scan(new FakeControl("/unknown", 0, 10))).isEqualTo(Shrinker.STOP);
    }

    @Test
    void countIsTheLengthAndEmptyWhereThereIsNothing() {
        assertThat(count("/")).isEqualTo(Shrinker.EMPTY);
        assertThat(count("/unknown")).isEqualTo(Shrinker.EMPTY);
        add(3);
        assertThat(count("/")).isEqualTo(3);
    }

    @Test
    void usedObjectsHaveASecondChance() {
        add(4);
        assertThat(items.get(0).touch()).isTrue();
        assertThat(items.get(2).touch()).isTrue();
        assertThat(scan(4)).isEqualTo(2);
        assertThat(reclaimed).containsExactly(1, 3);
        assertThat(asked).containsExactly(1, 3);
        assertThat(scan(4)).isEqualTo(2);
        assertThat(reclaimed).containsExactly(1, 3, 0, 2);
    }

    @Test
    void usedObjectsComeBehindThoseThatWereNot() {
        add(3);
        items.get(0).touch();
        scan(1);
        items.add(lists.addToRoot(0, 3));
        scan(4);
        assertThat(reclaimed).containsExactly(1, 2, 0, 3);
    }

    /** One in use goes to the hot end, and one that is skipped stays where it is. */
    @ParameterizedTest
    @CsvSource({"ROTATE, 2 3 4 0 1", "SKIP, 2 0 1 3 4"})
    void objectThatIsNotRemovedComesInItsOrder(LruVerdict stays, String order) {
        add(5);
        verdict = value -> value < 2 ? stays : LruVerdict.REMOVE;
        assertThat(scan(3)).isEqualTo(1);
        verdict = value -> LruVerdict.REMOVE;
        scan(4);
        assertThat(reclaimed).extracting(String::valueOf).containsExactly(order.split(" "));
    }

    /** More items stay than are found at a time, so the scan has to continue behind them. */
    @Test
    void scanGoesOnBehindWhatStays() {
        add(500);
        verdict = value -> value < 150 ? LruVerdict.SKIP : value < 300 ? LruVerdict.ROTATE : LruVerdict.REMOVE;
        assertThat(scan(400)).isEqualTo(100);
        assertThat(asked).isEqualTo(numbers(0, 400));
        assertThat(reclaimed).isEqualTo(numbers(300, 400));
    }

    /**
     * All items stay, and there are far fewer than asked for. The scan does not start over if items are removed
     * meanwhile.
     */
    @ParameterizedTest
    @ValueSource(strings = {"ROTATE", "SKIP"})
    void nothingIsLookedAtTwiceInACall(LruVerdict stays) {
        add(200);
        verdict = value -> {
            if (value % 3 == 0) {
                items.get(value).remove();
            }
            if (value > 0 && value % 5 == 0) {
                items.get(value - 1).remove();
            }
            return stays;
        };
        FakeControl control = new FakeControl("/", 0, 10_000);
        assertThat(lists.shrinker().scan(control)).isZero();
        assertThat(control.nrScanned()).isEqualTo(200);
        assertThat(asked).isEqualTo(numbers(0, 200));
    }

    @Test
    void objectThatIsRemovedWhileAScanAsksIsTheRemovers() {
        add(3);
        verdict = value -> {
            assertThat(items.get(1).remove()).isEqualTo(value == 0);
            return LruVerdict.REMOVE;
        };
        assertThat(scan(3)).isEqualTo(2);
        assertThat(reclaimed).containsExactly(0, 2);
        assertThat(lists.sizeOfRoot(0)).isZero();
    }

    @Test
    void objectInAScansHandsIsCounted() {
        add(1);
        verdict = value -> {
            assertThat(count("/")).isEqualTo(1);
            return LruVerdict.REMOVE;
        };
        assertThat(scan(1)).isEqualTo(1);
    }

    /** Also from another thread, which would block if the scan held the lock. */
    @Test
    void ownerMayUseTheListsWhenItIsAsked() {
        add(3);
        verdict = value -> {
            elsewhere(() -> {
                lists.addToRoot(0, 10 + value);
                items.get(2).remove();
            });
            return LruVerdict.REMOVE;
        };
        assertThat(scan(3)).isEqualTo(2);
        assertThat(lists.sizeOfRoot(0)).isEqualTo(3);
    }

    @Test
    void objectForWhichTheOwnerThrowsStaysAndOthersHaveTheirTurn() {
        add(5);
        verdict = value -> {
            if (value == 1) {
                throw new IllegalStateException("no");
            }
            return value == 0 ? LruVerdict.ROTATE : LruVerdict.REMOVE;
        };
        assertThatThrownBy(() -> scan(5)).hasMessage("no");
        assertThat(lists.sizeOfRoot(0)).isEqualTo(5);
        elsewhere(() -> items.get(4).remove());
        assertThat(scan(2)).isEqualTo(2);
        assertThat(reclaimed).containsExactly(2, 3);
        verdict = value -> LruVerdict.REMOVE;
        assertThat(scan(2)).isEqualTo(2);
        assertThat(reclaimed).containsExactly(2, 3, 0, 1);
    }

    /** Otherwise each later scan would come to it first. */
    @Test
    void ownerThatAnswersNullIsAtFaultAndOthersHaveTheirTurn() {
        add(3);
        verdict = value -> value == 0 ? null : LruVerdict.REMOVE;
        assertThatThrownBy(() -> scan(3))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContainingAll("isolate", "answered null", "[REMOVE, ROTATE, SKIP]");
        assertThat(scan(2)).isEqualTo(2);
        assertThat(reclaimed).containsExactly(1, 2);
        assertThat(lists.sizeOfRoot(0)).isOne();
    }

    @Test
    void objectThatTheOwnerDropsWithAnErrorIsReclaimedAllTheSame() {
        AtomicInteger drops = new AtomicInteger();
        LruLists<Integer> failing =
                kit.await(LruLists.register(kit.reclaimer(), ShrinkerSpec.named("failing"), value -> {
                    drops.incrementAndGet();
                    throw new IllegalStateException("dropped with an error");
                }));
        LruItem<Integer> first = failing.addToRoot(0, 0);
        failing.addToRoot(0, 1);
        assertThatThrownBy(() -> failing.shrinker().scan(new FakeControl("/", 0, 2)))
                .hasMessage("dropped with an error");
        assertThat(first.remove()).isFalse();
        assertThat(drops).hasValue(1);
        assertThat(failing.reclaimed()).isEqualTo(1);
        assertThat(failing.sizeOfRoot(0)).isEqualTo(1);
    }

    @Test
    void objectWhoseKeyCanNotBeHashedIsNotLost() {
        List<Integer> dropped = new ArrayList<>();
        LruLists<Integer> failing =
                kit.await(LruLists.register(kit.reclaimer(), ShrinkerSpec.named("failing"), dropped::add, key -> {
                    throw new IllegalStateException("no key");
                }));
        failing.addToRoot(0, 0);
        assertThatThrownBy(() -> failing.shrinker().scan(new FakeControl("/", 0, 1)))
                .hasMessage("no key");
        assertThat(dropped).containsExactly(0);
        assertThat(failing.reclaimed()).isEqualTo(1);
        assertThat(failing.sizeOfRoot(0)).isZero();
    }

    @Test
    void scanEndsSoonWhereTheRoundIsOver() {
        add(1000);
        FakeControl control = new FakeControl(CgroupPath.root(), 0, 1000, () -> true);
        assertThat(lists.shrinker().scan(control)).isEqualTo(LruShrinker.CHUNK);
        assertThat(control.nrScanned()).isEqualTo(LruShrinker.CHUNK);
    }

    private void add(int count) {
        for (int value = 0; value < count; value++) {
            items.add(lists.addToRoot(0, value));
        }
    }

    private long count(String cgroup) {
        return lists.shrinker().count(new FakeControl(cgroup, 0, 0));
    }

    private long scan(long most) {
        return lists.shrinker().scan(new FakeControl("/", 0, most));
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static void elsewhere(Runnable task) {
        try {
            Threads.run(task);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
