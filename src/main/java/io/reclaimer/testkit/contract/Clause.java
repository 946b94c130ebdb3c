package io.reclaimer.testkit.contract;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** A clause of the contract of a shrinker. Order and numbers are those of {@code shrinker-contract.md}. */
enum Clause {
    HONEST_COUNT("a count is honest", CallClauses::countIsHonest),
    COUNT_CHANGES_NOTHING("a count changes nothing", CallClauses::countChangesNothing),
    EMPTY_ONLY_WHEN_EMPTY("EMPTY only when empty", CallClauses::emptyIsSaidOnlyWhenEmpty),
    NOTHING_IS_NOT_COUNTED("nothing is counted where nothing is", CallClauses::nothingIsCountedWhereNothingIs),
    SCAN_FREES_WHAT_IT_SAYS("a scan frees what it says", CallClauses::scanFreesWhatItSays),
    NO_MORE_THAN_ASKED("a scan frees no more than it is asked for", CallClauses::scanFreesNoMoreThanAsked),
    SCANNED_IS_TOLD("a scan says how much it looked at", CallClauses::scanSaysHowMuchItLookedAt),
    SCAN_OF_NOTHING("a scan of nothing answers 0 or STOP", CallClauses::scanOfNothingAnswersZeroOrStop),
    COUNTED_CAN_BE_FREED("what is counted can be freed", CallClauses::whatIsCountedCanBeFreed),
    PLACES_ARE_APART(
            "cgroups and nodes are kept apart",
            CallClauses::placesAreKeptApart,
            run -> run.places().size() > 1 ? Optional.empty() : Optional.of("has objects in one place only")),
    CANCELLED_SCAN_ENDS(
            "a cancelled scan ends soon",
            CallClauses::cancelledScanEndsSoon,
            run -> run.subject().access().hasCancellation()
                    ? Optional.empty()
                    : Optional.of("is an actor, and actors are not told that a round is over")),
    EVERY_CALL_IS_ANSWERED("every call is answered", CallClauses::everyCallIsAnswered),
    BIT_WITH_FIRST_OBJECT("the bit is set with the first object", RoundClauses::bitIsSetWithTheFirstObject, byCgroup()),
    ROUNDS_FIND_ALL("rounds find and free everything", RoundClauses::roundsFindAll),
    ADDS_DURING_ROUNDS("nothing added during rounds is lost", RoundClauses::addsDuringRoundsAreFound),
    OFFLINE_MOVES_ALL("going offline moves everything", RoundClauses::offlineMovesEverything, byCgroup()),
    LATE_ADDS_GO_UP(
            "what comes in for a cgroup that went offline is its ancestor's", RoundClauses::lateAddsGoUp, byCgroup()),
    NO_CALL_AFTER_FREE("nothing happens after it was freed", RoundClauses::nothingHappensAfterFree),
    NO_FAULT("the reclaimer finds no fault", RoundClauses::reclaimerFindsNoFault);

    private final String title;
    private final Consumer<ContractRun> check;
    private final Function<ContractRun, Optional<String>> exemption;

    Clause(String title, Consumer<ContractRun> check) {
        this(title, check, run -> Optional.empty());
    }

    Clause(String title, Consumer<ContractRun> check, Function<ContractRun, Optional<String>> exemption) {
        this.title = title;
        this.check = check;
        this.exemption = exemption;
    }

    private static Function<ContractRun, Optional<String>> byCgroup() {
        return run -> run.subject().spec().isCgroupAware()
                ? Optional.empty()
                : Optional.of("is not cgroup aware, so it has no bits and nothing moves");
    }

    /** The number in the docs: {@code C1}, and so on. */
    String number() {
        return "C" + (ordinal() + 1);
    }

    String title() {
        return title;
    }

    void check(ContractRun run) {
        check.accept(run);
    }

    /** The reason why the clause does not apply, as the predicate of a sentence about the shrinker. Empty where it applies. */
    Optional<String> exemption(ContractRun run) {
        return exemption.apply(run);
    }

    /** The error of a broken clause. */
    AssertionError broken(String how) {
        return new AssertionError(number() + " (" + title + "): " + how + ". See shrinker-contract.md#"
                + number().toLowerCase(Locale.ROOT));
    }

    AssertionError broken(String how, Throwable cause) {
        AssertionError error = broken(how);
        error.initCause(cause);
        return error;
    }
}
