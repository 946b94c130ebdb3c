package io.reclaimer.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reclaimer.isolation.Trouble.Begun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each operation during each trouble of another cgroup: it is answered while the trouble lasts, with all that the
 * healthy cgroups can give. Writes the table to {@code target/isolation.md}, and with {@code
 * -Dreclaimer.isolation.write=true} also into the page.
 */
@Tag("nightly")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IsolationTableIT {

    /** The operations on the troubled cgroup itself. */
    private static final List<String> OWN = List.of("own round", "own free", "own offline");

    private static final String WAITS = "waits";

    private static final Map<Trouble, List<String>> LINES = new EnumMap<>(Trouble.class);

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void nothingWaitsButTheTroubledCgroupsOwn(Trouble trouble) {
        List<String> cells = new ArrayList<>(List.of(trouble.title()));
        try (World world = new World(trouble.settings())) {
            Begun begun = trouble.begin(world);
            for (Operation operation : Operation.values()) {
                cells.add(cell(operation, world));
                assertThat(begun.lasts().getAsBoolean())
                        .as("The trouble lasts after [%s]", operation)
                        .isTrue();
            }
            List<CompletableFuture<?>> own = List.of(
                    begun.round(),
                    begun.shrinker().free().toCompletableFuture(),
                    world.reclaimer().offline(World.TROUBLED).toCompletableFuture());
            if (begun.waits()) {
                checkThatTheyWait(own, world);
            } else {
                own.forEach(world::answerOf);
            }
            own.forEach(one -> cells.add(begun.waits() ? WAITS : "answered"));
            world.endTrouble();
            own.forEach(world::answerOf);
            world.checkNothingLeft();
        }
        LINES.put(trouble, cells);
    }

    /** Checks that none is answered, although a later request is. */
    private static void checkThatTheyWait(List<CompletableFuture<?>> all, World world) {
        Operation.TENANT_ROUND.run(world);
        assertThat(all).noneMatch(CompletableFuture::isDone);
    }

    private static String cell(Operation operation, World world) {
        String freed = operation.run(world);
        return IsolationPage.cell(world.lastNanos(), freed);
    }

    /** Compares without the times, which are those of one run. */
    @Test
    @Order(2)
    void pageSaysWhatWasFound() throws IOException {
        assertThat(LINES.keySet()).as("Troubles that were tried").containsExactly(Trouble.values());
        IsolationPage page = page();
        if (Boolean.getBoolean("reclaimer.isolation.write")) {
            page.commit();
        }
        assertThat(IsolationPage.committedWithoutTimes()).isEqualTo(page.withoutTimes());
    }

    @AfterAll
    static void leaveTheTable() throws IOException {
        page().write();
    }

    private static IsolationPage page() {
        Stream<String> operations = Arrays.stream(Operation.values()).map(Operation::title);
        IsolationPage page = new IsolationPage(
                Stream.of(Stream.of("trouble"), operations, OWN.stream()).flatMap(titles -> titles));
        LINES.values().forEach(page::line);
        return page;
    }
}
