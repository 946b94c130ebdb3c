package io.reclaimer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The dependencies between the packages ("rooms"). A room without classes passes, so that rooms can be filled one by
 * one.
 */
class RoomsTest {
    /** A room and the rooms that it may use: only those declared before it, so there is no cycle. */
    private enum Room {
        SHRINKER,
        ENGINE_UNIT(SHRINKER),
        ENGINE_CALL(ENGINE_UNIT, SHRINKER),
        ENGINE(ENGINE_CALL, ENGINE_UNIT, SHRINKER),
        /** It uses only {@link #DOORS} of the engine. */
        ROOT(ENGINE, ENGINE_CALL, ENGINE_UNIT, SHRINKER),
        PRESSURE(ROOT, SHRINKER),
        BUDGET(ROOT, SHRINKER),
        ADAPTER(ROOT, SHRINKER),
        CLUSTER(ROOT, SHRINKER, PRESSURE),
        OBSERVE(ROOT, SHRINKER),
        SCENARIO(ROOT, SHRINKER, PRESSURE, CLUSTER),
        TESTKIT(ROOT, SHRINKER, PRESSURE, SCENARIO),
        TESTKIT_CONTRACT(ROOT, SHRINKER, TESTKIT),
        TESTKIT_JUNIT(ROOT, SHRINKER, SCENARIO, TESTKIT),
        CONSOLE_DEMO(ROOT, SHRINKER, PRESSURE, ADAPTER, CLUSTER),
        CONSOLE_REPORT(SCENARIO),
        CONSOLE(ROOT, SHRINKER, PRESSURE, BUDGET, ADAPTER, CLUSTER, SCENARIO, CONSOLE_DEMO, CONSOLE_REPORT);

        private final Set<Room> mayUse;

        Room(Room... mayUse) {
            this.mayUse = Set.of(mayUse);
        }

        /** The packages of a room. A room that contains others is its own package only. */
        String packages() {
            boolean hasInnerRooms =
                    Arrays.stream(values()).anyMatch(room -> room.name().startsWith(name() + "_"));
            String name = "io.reclaimer." + name().toLowerCase(Locale.ROOT).replace('_', '.');
            return this == ROOT ? "io.reclaimer" : hasInnerRooms ? name : name + "..";
        }

        static String[] packagesOf(Predicate<Room> which) {
            return Arrays.stream(values()).filter(which).map(Room::packages).toArray(String[]::new);
        }
    }

    /** The classes of the engine that the public API may use. */
    private static final Set<String> DOORS = Set.of(
            "engine.CgroupHandle",
            "engine.CgroupTree",
            "engine.EngineContext",
            "engine.Inspection",
            "engine.RoundResult",
            "engine.RoundSpec",
            "engine.Rounds",
            "engine.ShrinkerRegistry",
            "engine.call.BlockingThreads",
            "engine.call.CallStrategy",
            "engine.call.EngineSettings",
            "engine.call.Faults",
            "engine.call.PendingCall",
            "engine.call.Refaults",
            "engine.call.Reply",
            "engine.call.ShrinkerEntry",
            "engine.call.ShrinkerTable",
            "engine.call.ShrinkerTarget",
            "engine.call.Tracer",
            "engine.unit.CountTally",
            "engine.unit.ObjectSize",
            "engine.unit.ReclaimTarget",
            "engine.unit.Tally");

    private static JavaClasses main;

    @BeforeAll
    static void importMainClasses() {
        main = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.reclaimer");
    }

    @ParameterizedTest
    @EnumSource
    void roomUsesOnlyWhatItMay(Room room) {
        noClasses()
                .that(resideInAPackage(room.packages()))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(Room.packagesOf(other -> other != room && !room.mayUse.contains(other))))
                .allowEmptyShould(true)
                .check(main);
    }

    @Test
    void frontDoorUsesOnlyDoorsOfTheEngine() {
        noClasses()
                .that(resideInAPackage(Room.ROOT.packages()))
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are of the engine, and no doors",
                        used -> used.getPackageName().startsWith(Room.ENGINE.packages()) && !isDoor(used)))
                .check(main);
    }

    private static boolean isDoor(JavaClass used) {
        String outermost = used.getName().split("\\$")[0];
        return DOORS.contains(outermost.substring("io.reclaimer.".length()));
    }

    @Test
    void everyClassLivesInARoom() {
        classes().should().resideInAnyPackage(Room.packagesOf(room -> true)).check(main);
    }

    @Test
    void shrinkerNeedsTheJdkOnly() {
        classes()
                .that(resideInAPackage(Room.SHRINKER.packages()))
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage("java..", "org.jspecify.annotations", Room.SHRINKER.packages()))
                .allowEmptyShould(true)
                .check(main);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(main);
    }

    /**
     * The packages of the scenario room: values and virtual time at the bottom, reading and running above, the entry
     * points on top.
     */
    @Test
    void scenarioPackagesUseOnlyThoseBelow() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.reclaimer.scenario..")
                .layer("doors")
                .definedBy("io.reclaimer.scenario")
                .layer("read")
                .definedBy("io.reclaimer.scenario.read")
                .layer("run")
                .definedBy("io.reclaimer.scenario.run")
                .layer("time")
                .definedBy("io.reclaimer.scenario.time")
                .layer("model")
                .definedBy("io.reclaimer.scenario.model")
                .whereLayer("model")
                .mayNotAccessAnyLayer()
                .whereLayer("time")
                .mayNotAccessAnyLayer()
                .whereLayer("read")
                .mayOnlyAccessLayers("model")
                .whereLayer("run")
                .mayOnlyAccessLayers("model", "time")
                .check(main);
    }

    private static final class ByPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
