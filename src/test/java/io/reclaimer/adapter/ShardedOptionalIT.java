package io.reclaimer.adapter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Cluster Sharding is an optional dependency. The other classes have to load without it. */
class ShardedOptionalIT {

    @Test
    void nothingElseNeedsSharding() {
        noClasses()
                .that()
                .haveNameNotMatching("io\\.reclaimer\\.adapter\\.Sharded.*")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("akka\\.cluster\\.sharding\\..*|io\\.reclaimer\\.adapter\\.Sharded.*")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.reclaimer"));
    }
}
