package io.reclaimer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.cluster.AdmissionQueue.Task;
import org.junit.jupiter.api.Test;

/** Which task gets a slot, and which waits; the clock is the test's. */
class AdmissionQueueTest {

    private final AdmissionQueue queue = new AdmissionQueue(2);

    @Test
    void noMoreTasksThanSlotsAndThenTheOldest() {
        queue.add(task(1, "/a", 1));
        queue.add(task(2, "/b", 2));
        queue.add(task(3, "/c", 3));
        queue.add(task(4, "/d", 4));
        assertNext(1);
        assertNext(2);
        assertThat(queue.next()).isEmpty();
        queue.release(2);
        assertNext(3);
        assertThat(queue.next()).isEmpty();
        queue.release(1);
        queue.release(3);
        assertNext(4);
        assertThat(queue.next()).isEmpty();
    }

    /** However many rounds of one tenant wait. */
    @Test
    void tenantWithManyRoundsDoesNotHoldUpTheOthers() {
        for (int round = 1; round <= 100; round++) {
            queue.add(task(round, "/flood", round));
        }
        queue.add(task(200, "/quiet", 200));
        assertNext(1);
        assertNext(200);
        queue.release(200);
        assertNext(2);
    }

    /** The shrinkers of a tenant may be stuck, and all its slots with them. */
    @Test
    void tenantAloneNeverHasAllSlots() {
        for (int slots : new int[] {1, 2, 3, 4, 8, 10}) {
            AdmissionQueue some = new AdmissionQueue(slots);
            for (int round = 1; round <= 100; round++) {
                some.add(task(round, "/stuck", round));
            }
            int running = 0;
            while (some.next().isPresent()) {
                running++;
            }
            assertThat(running).isEqualTo(slots - slots / 4);
            some.add(task(200, "/quiet", 200));
            assertThat(some.next().isPresent()).isEqualTo(slots >= 4);
        }
    }

    @Test
    void memberThatRequestsManyRoundsDoesNotHoldUpTheOthers() {
        for (int round = 1; round <= 100; round++) {
            queue.add(task(round, "/tenant" + round, 7));
        }
        queue.add(task(200, "/tenant200", 8));
        assertNext(1);
        assertNext(200);
        queue.release(1);
        assertNext(2);
    }

    @Test
    void removedTaskGetsNoSlot() {
        queue.add(task(1, "/a", 1));
        queue.add(task(2, "/b", 2));
        assertThat(queue.remove(1)).isTrue();
        assertThat(queue.remove(1)).isFalse();
        assertNext(2);
        assertThat(queue.remove(2)).as("it runs").isFalse();
        assertThat(queue.next()).isEmpty();
    }

    /** The clock may overflow. */
    @Test
    void lateTasksAreRemoved() {
        long start = Long.MAX_VALUE - 10;
        assertThat(queue.dueNanos()).isEmpty();
        queue.add(new Task(1, "/a", 1, start + 20));
        queue.add(new Task(2, "/a", 1, start + 5));
        queue.add(new Task(3, "/a", 1, start + 30));
        assertThat(queue.dueNanos()).hasValue(start + 5);
        assertThat(queue.removeLate(start + 4)).isEmpty();
        assertThat(queue.removeLate(start + 20)).extracting(Task::round).containsExactly(1L, 2L);
        assertThat(queue.dueNanos()).hasValue(start + 30);
        assertNext(3);
        assertThat(queue.dueNanos()).isEmpty();
        assertThat(queue.removeLate(start + 100)).as("it runs").isEmpty();
    }

    private void assertNext(long round) {
        assertThat(queue.next().orElseThrow().round()).isEqualTo(round);
    }

    private static Task task(long round, String cgroup, long requester) {
        return new Task(round, cgroup, requester, 1_000);
    }
}
