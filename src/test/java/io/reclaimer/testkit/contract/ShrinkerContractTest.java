package io.reclaimer.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.Props;
import io.reclaimer.Reclaimer;
import io.reclaimer.shrinker.CgroupPath;
import io.reclaimer.shrinker.ShrinkerSpec;
import io.reclaimer.testkit.FakeControl;
import io.reclaimer.testkit.Kind;
import io.reclaimer.testkit.Scripted;
import io.reclaimer.testkit.contract.FaultyCache.Fault;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/** Each clause can fail, with a message that says how. */
class ShrinkerContractTest {

    /** A contract whose clauses the test checks one by one. */
    static ShrinkerContract contract(Function<Reclaimer, ContractSubject> create) {
        return new ShrinkerContract() {
            @Override
            protected ContractSubject create(Reclaimer reclaimer) {
                return create.apply(reclaimer);
            }
        };
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void brokenClauseIsReportedInASentenceWithItsNumber(Fault fault) {
        Clause clause = fault.clause();
        ShrinkerContract contract = contract(reclaimer -> FaultyCache.subject(reclaimer, fault));
        assertThatThrownBy(() -> contract.check(clause))
                .isInstanceOf(AssertionError.class)
                .message()
                .startsWith(clause.number() + " (" + clause.title() + "): ")
                .endsWith(". See shrinker-contract.md#" + clause.number().toLowerCase(Locale.ROOT));
    }

    @Test
    void thereIsAFaultForEachClause() {
        assertThat(Arrays.stream(Fault.values())
                        .filter(fault -> fault != Fault.NONE)
                        .map(Fault::clause))
                .contains(Clause.values());
    }

    @Test
    void messageHasTheResultThePlaceAndTheObjectsHeld() {
        ShrinkerContract contract =
                contract(reclaimer -> FaultyCache.subject(reclaimer, Fault.SAYS_EMPTY_WITH_ONE_LEFT));
        assertThatThrownBy(() -> contract.check(Clause.EMPTY_ONLY_WHEN_EMPTY))
                .hasMessage("C3 (EMPTY only when empty): count answered [EMPTY] for [/shop/web] on node [0] while it"
                        + " held [1] objects. See shrinker-contract.md#c3");
    }

    @Test
    void visitsAfterTheFreeAreListed() {
        ShrinkerContract contract = contract(reclaimer -> FaultyCache.subject(reclaimer, Fault.IS_REGISTERED_TWICE));
        assertThatThrownBy(() -> contract.check(Clause.NO_CALL_AFTER_FREE))
                .hasMessageContaining("calls that came after the answer: [")
                .hasMessageContaining("visit of /shop/web on node 1");
    }

    @Test
    void thereIsOneNamedTestForEachClause() {
        assertThat(contract(reclaimer -> FaultyCache.subject(reclaimer, Fault.NONE))
                        .contract()
                        .map(DynamicTest::getDisplayName))
                .hasSize(Clause.values().length)
                .startsWith("C1 a count is honest")
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "PLACES_ARE_APART",
                "BIT_WITH_FIRST_OBJECT",
                "OFFLINE_MOVES_ALL",
                "LATE_ADDS_GO_UP",
            })
    void clauseThatDoesNotApplyIsAbortedWithTheReason(Clause clause) {
        FaultyCache cache = new FaultyCache(Fault.NONE);
        ShrinkerContract contract = contract(reclaimer -> ContractSubject.of(ShrinkerSpec.named("global"), cache));
        assertThatThrownBy(() -> contract.check(clause))
                .isInstanceOf(TestAbortedException.class)
                .message()
                .contains(clause.number() + " (" + clause.title() + ") does not apply: shrinker [global] ")
                .containsAnyOf("is not cgroup aware, so", "has objects in one place only")
                .endsWith(".");
    }

    @Test
    void cancellationClauseIsAbortedForActors() {
        ShrinkerContract contract = contract(reclaimer -> ContractSubject.of(
                ShrinkerSpec.named("actor"),
                reclaimer.system().systemActorOf(Kind.actor(new FaultyCache(Fault.NONE)), "cache", Props.empty())));
        assertThatThrownBy(() -> contract.check(Clause.CANCELLED_SCAN_ENDS))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("shrinker [actor] is an actor, and actors are not told that a round is over.");
    }

    /** A shrinker that frees pages of 16 objects. */
    private static ContractSubject pages() {
        FaultyCache cache = new FaultyCache(Fault.NONE);
        Scripted pages = new Scripted(cache::count, control -> {
            long whole = (control.nrToScan() + 15) / 16 * 16;
            return cache.scan(new FakeControl(control.cgroup(), control.node(), whole, control::isCancelled));
        });
        return ContractSubject.of(FaultyCache.SPEC, pages)
                .adds(cache::add)
                .holds((cgroup, node) -> cache.held(cgroup.path(), node));
    }

    @Test
    void shrinkerThatFreesWholeBatchesMayFreeMoreThanAsked() {
        ShrinkerContract contract = contract(reclaimer -> pages().wholeBatches(16));
        assertThatCode(() -> contract.check(Clause.NO_MORE_THAN_ASKED)).doesNotThrowAnyException();
        ShrinkerContract strict = contract(reclaimer -> pages().wholeBatches(8));
        assertThatThrownBy(() -> strict.check(Clause.NO_MORE_THAN_ASKED))
                .hasMessageContaining(
                        "scan answered [16] for [/shop/web] on node [0] when asked for [1] objects, and may free [8]");
    }

    @Test
    void cacheThatDropsByItselfMayLoseObjectsButNotInventThem() {
        ShrinkerContract losing =
                contract(reclaimer -> FaultyCache.subject(reclaimer, Fault.LOSES_WHAT_COMES_IN_MEANWHILE)
                        .dropsByItself());
        assertThatCode(() -> losing.check(Clause.ADDS_DURING_ROUNDS)).doesNotThrowAnyException();
        ShrinkerContract inventing =
                contract(reclaimer -> FaultyCache.subject(reclaimer, Fault.SAYS_IT_FREED_WHAT_WAS_ASKED)
                        .dropsByItself());
        assertThatThrownBy(() -> inventing.check(Clause.SCAN_FREES_WHAT_IT_SAYS))
                .hasMessageStartingWith("C5 (a scan frees what it says): scan answered [128]");
    }

    @Test
    void estimateMayBeWrongButMustNotSayEmpty() {
        for (Fault fault : new Fault[] {Fault.COUNTS_ONE_TOO_MANY, Fault.SAYS_EMPTY_WITH_ONE_LEFT}) {
            ShrinkerContract contract =
                    contract(reclaimer -> FaultyCache.subject(reclaimer, fault).estimates());
            if (fault == Fault.COUNTS_ONE_TOO_MANY) {
                assertThatCode(() -> contract.check(Clause.HONEST_COUNT)).doesNotThrowAnyException();
            } else {
                assertThatThrownBy(() -> contract.check(Clause.HONEST_COUNT)).hasMessageContaining("[EMPTY]");
            }
        }
    }

    @Test
    void subjectWithoutAWayToAddIsRefusedWithWhatIsMissing() {
        ShrinkerContract contract =
                contract(reclaimer -> ContractSubject.of(FaultyCache.SPEC, new FaultyCache(Fault.NONE)));
        assertThatIllegalStateException()
                .isThrownBy(() -> contract.check(Clause.HONEST_COUNT))
                .withMessage("The contract of shrinker [pages] can't be checked without a way to add an object to it:"
                        + " give one with ContractSubject.adds");
    }

    @Test
    void wrongLimitsAreRefused() {
        ContractSubject subject = ContractSubject.of(FaultyCache.SPEC, new FaultyCache(Fault.NONE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> subject.wholeBatches(0))
                .withMessageContaining("[0]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> subject.onlyIn(CgroupPath.of("/elsewhere")))
                .withMessageContaining("[/elsewhere]")
                .withMessageContaining("[/shop/web, /shop/orm]");
    }
}
