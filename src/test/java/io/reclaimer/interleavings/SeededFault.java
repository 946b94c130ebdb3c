package io.reclaimer.interleavings;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A fault to be found: what the engine's source says in one place, and what it is made to say instead. Compiled when it is
 * needed; the engine itself is as it is.
 *
 * <p>Where the source has changed so that the place is not there any more, or more than once, making it fails.
 */
enum SeededFault {
    BIT_CLEARED_WITHOUT_A_SECOND_COUNT(
            "VisitProgress", "phase = Phase.SECOND_LOOK; cell(mark).visited(); return true;", "close(); return false;"),
    BIT_NOT_SET_AGAIN_AFTER_A_LATE_ADD("VisitProgress", "if (answer != EMPTY) { pair().set(entry); }", ""),
    BIT_OF_A_NEW_OWNER_NOT_TOLD_FROM_THE_OLD_ONES(
            "CgroupHandle",
            "if (!pair.units().isSet(entry)) {",
            "if (pair.units().nextSetBit(entry.id()) != entry.id()) {"),
    BIT_SET_WITHOUT_THE_LOCK_OF_THE_UNIT(
            "ShrinkerUnit",
            "synchronized void setBit(int index, long owner) {",
            "void setBit(int index, long owner) {"),
    BIT_CLEARED_WITHOUT_THE_LOCK_OF_THE_UNIT(
            "ShrinkerUnit",
            "synchronized void clearBit(int index, long owner) {",
            "void clearBit(int index, long owner) {"),
    GROWTH_DROPS_THE_UNITS_BEFORE(
            "UnitMap",
            "Arrays.copyOf(now, Math.max(now.length, index + 1))",
            "new ShrinkerUnit[Math.max(now.length, index + 1)]"),
    UNIT_MADE_WITHOUT_A_LOCK(
            "UnitMap",
            "private synchronized ShrinkerUnit create(int index) { @Nullable ShrinkerUnit[] now "
                    + "= units; ShrinkerUnit there = index < now.length ? now[index] : null; if (there != "
                    + "null) { return there; }",
            "private ShrinkerUnit create(int index) { @Nullable ShrinkerUnit[] now = units;"),
    ID_OUT_BEFORE_THE_MAPS_HAVE_ROOM(
            "ShrinkerRegistry",
            "if (id >= published.nrMax()) { published.publishNrMax((id / ShrinkerUnit.IDS + 1) * "
                    + "ShrinkerUnit.IDS); } allocate(request, id);",
            "allocate(request, id); if (id >= published.nrMax()) { published.publishNrMax((id / "
                    + "ShrinkerUnit.IDS + 1) * ShrinkerUnit.IDS); }"),
    NR_MAX_SHRINKS_WITH_A_FREED_ID(
            "ShrinkerRegistry",
            "ids.clear(entry.id());",
            "ids.clear(entry.id()); published.publishNrMax((ids.length() + ShrinkerUnit.IDS - 1) "
                    + "/ ShrinkerUnit.IDS * ShrinkerUnit.IDS);"),
    ID_HANDED_OUT_TWICE("ShrinkerRegistry", "ids.set(id);", ""),
    ID_FREE_BEFORE_THE_VISITS_HAVE_ENDED(
            "ShrinkerGuard",
            "return phase().onMessageEquals(Released.INSTANCE, () -> freeing(free)).build();",
            "registry.tell(new ShrinkerRegistry.Forget(free.entry(), context.getSelf())); return "
                    + "phase().onMessageEquals(Released.INSTANCE, () -> "
                    + "freeing(free)).onMessageEquals(Forgotten.INSTANCE, Behaviors::same).build();"),
    FREE_DOES_NOT_WAIT_FOR_HOLDS("ShrinkerGuard", "free.entry().holdCount() == 0", "true"),
    HOLD_LOOKED_AT_BEFORE_IT_IS_MARKED(
            "CallMark",
            "held = entry.serial(); ShrinkerEntry left = leaving; if (left != null) { leaving = null; left.released(); }"
                    + " if (entry.isRegistered()) {",
            "boolean may = entry.isRegistered(); held = entry.serial(); ShrinkerEntry left = leaving;"
                    + " if (left != null) { leaving = null; left.released(); } if (may) {"),
    LAST_RELEASE_NOT_SAID("CallMark", "held = NONE; leaving = null; left.released();", "held = NONE; leaving = null;"),
    FREED_ANSWERED_TWICE(
            "ShrinkerEntry",
            "gone().forEach(replyTo -> replyTo.success(Done.getInstance()));",
            "gone().forEach(replyTo -> { replyTo.success(Done.getInstance()); "
                    + "replyTo.success(Done.getInstance()); });"),
    DEFERRED_NOT_CARRIED_OVER("Departure", "if (objects > 0) { parent.units().addDeferred(entry, objects); }", ""),
    DEFERRED_SET_INSTEAD_OF_ADDED(
            "ShrinkerUnit", "slot.accumulateAndGet(objects, Saturating::add)", "objects + 0 * slot.getAndSet(objects)"),
    OBJECTS_MOVED_AND_THE_BIT_NOT_SET("Departure", "bits.getOrDefault(pair, List.of()).forEach(parent::set);", ""),
    OBJECTS_MOVED_WHILE_A_VISIT_RUNS(
            "CgroupNode",
            "if (reparenting != null && runs.isEmpty() && !pair.isInUse()) {",
            "if (reparenting != null) {"),
    PAIR_PASSIVATED_WITH_PAIRS_BELOW("Passivation", "&& pair.pairsBelow == 0", ""),
    DEFERRED_LOST_WITH_A_PASSIVATED_PAIR(
            "Passivation",
            "cgroup.keepOwed(pair.node(), pair.units().takeAllDeferred());",
            "pair.units().takeAllDeferred();"),
    FIRST_BIT_TOLD_ONLY_ONCE("CgroupTree", "cgroup.takeFirstBit(message.node(), message.entry());", ""),
    DIRTY_MARK_NOT_PASSED_TO_THE_PARENT("Pair", "above.children().add(pair);", ""),
    DIRTY_MARK_HANDED_UP_ONLY_ONE_LEVEL(
            "Pair",
            "for (Pair pair = this, above = parent; above != null; pair = above, above = "
                    + "above.parent) { above.children().add(pair); }",
            "if (parent != null) { parent.children().add(this); }"),
    DIRTY_MARK_CLEARED_BEFORE_CHILDREN_WERE_LOOKED_AT(
            "Pair", "return units.isClean() && (children == null || children.isEmpty());", "return units.isClean();"),
    ANSWER_THAT_WAKES_NOBODY(
            "PassAnswers", "wakeAt = count; PairPass last = newest;", "PairPass last = newest; wakeAt = count;"),
    ANSWERS_OVERWRITE_EACH_OTHER(
            "PassAnswers", "while (!NEWEST.compareAndSet(this, last, pass));", "while (false); newest = pass;"),
    ROUND_ANSWERED_TWICE(
            "ReclaimRound",
            "work.details().close(); return Behaviors.stopped();",
            "work.details().close(); return this;"),
    ROUND_WAITS_FOR_A_PAIR_THAT_STOPPED(
            "ReclaimRound", "passes.ended(signal.getRef()); return goOn();", "return this;"),
    TALLY_COUNTED_TWICE(
            "VisitProgress",
            "cell(mark).scanned(nrScanned, answer, bytes, entry.freesAtOnce());",
            "cell(mark).scanned(nrScanned, answer, bytes, entry.freesAtOnce()); "
                    + "cell(mark).scanned(nrScanned, answer, bytes, entry.freesAtOnce());"),
    TALLY_OF_ALL_THREADS_IN_ONE_CELL(
            "Tally",
            "Cell cell = cells.get(thread); return cell != null ? cell : "
                    + "cells.computeIfAbsent(thread, first -> new Cell());",
            "return cells.values().stream().findFirst().orElseGet(() -> "
                    + "cells.computeIfAbsent(thread, first -> new Cell()));"),
    TARGET_NOT_LOOKED_AT_BETWEEN_SCANS(
            "VisitProgress", "(work().isStopped() || !visit.wantsScan())", "(!visit.wantsScan())"),

    // One tenant's trouble that becomes another one's.
    FAILED_REPARENT_SETS_NO_BIT_OF_THE_PARENT(
            "Reparenting",
            "threw(entry, call.pair, thrown.thrown()); return true;",
            "threw(entry, call.pair, thrown.thrown()); return false;"),
    PASS_SENT_TO_A_FORGOTTEN_CHILD(
            "RoundPasses", "if (pair.gone || pair.visitor() != visitor) {", "if (pair.visitor() != visitor) {"),
    FORGOTTEN_CHILD_LISTED_AGAIN("DirtyChildren", "child.gone = true;", ""),
    PAIR_PASSIVATED_WITH_A_PASS_UNDER_WAY(
            "Passivation", "if (!pair.close()) { cgroup.addPair(pair); return; }", "pair.close();"),
    ROUND_WAITS_FOR_A_LATE_PAIR(
            "ReclaimRound", "if (silentLooks >= LOOKS) { silentLooks = 0; passes.passOverLate(); } else if", "if"),
    ROUND_DOES_NOT_WAIT_FOR_WHAT_LATE_VISITS_FREE(
            "ReclaimRound", "passes.lateCount() + work.lateVisits()", "passes.lateCount()"),
    LATE_ANSWER_COUNTED_TWICE(
            "VisitRun", "if (call != null) { ended = null; mark.settle();", "if (call != null) { mark.settle();"),
    LATE_ANSWER_LEFT_TO_A_WALK_THAT_DOES_NOT_WAIT_FOR_IT(
            "CgroupNode", "if (!visit.isOf(own) || visit.isLate()) {", "if (!visit.isOf(own)) {"),
    LATE_SHRINKER_CALLED_AGAIN(
            "Walk", "return !late.isLate(entry) || !late.await(entry, work, pass().number);", "return true;"),
    STUCK_CALL_LETS_GO_OF_ITS_SHRINKER("CallMark", "stuck = visit; }", "stuck = visit; held = NONE; }"),
    CALL_PAST_ITS_DEADLINE_HOLDS_ITS_SHRINKER_FOR_EVER(
            "BlockingCalls",
            "Thread.interrupted(); task.call.entry.release();",
            "Thread.interrupted(); if (!task.writtenOff) { task.call.entry.release(); }"),
    STAGE_THAT_FAILS_WITH_AN_ERROR_ENDS_THE_VISITOR(
            "VisitProgress",
            "return threw(thrown.thrown(), mark);",
            "if (thrown.thrown() instanceof Error error) { throw error; } return " + "threw(thrown.thrown(), mark);"),
    BIT_CLEARED_BY_A_SECOND_ANSWER_THAT_COMES_LATE(
            "VisitProgress",
            "if (answer != EMPTY) { pair().set(entry); }",
            "if (answer != EMPTY) { pair().set(entry); } else { pair().units().clearBit(entry); }"),
    ENDED_CALLS_NOT_TOLD("CallLanes", "call.pair.visitor().tell(CgroupNode.CallsEnded.INSTANCE);", ""),
    RETIRED_VISITOR_KEEPS_ITS_PAIR_IN_USE(
            "PassRun", "left.pair().exit(); left.acknowledge(false);", "left.acknowledge(false);"),
    ENDED_CALL_KEEPS_THE_NEXT_ONE_FROM_BEING_MADE("CallLanes", "} } leave(call); return call;", "} } return call;"),
    /** No interleaving: the engine plays on threads of the schedule, and this is about threads of its own. */
    TASK_LEFT_BEHIND_WHILE_A_THREAD_SLEEPS(
            "VisitPool",
            "sleeping.push(thread); for (int looks = LOOKS; waiting.isEmpty() && !shutdown; looks--) {",
            "for (int looks = 0; waiting.isEmpty() && !shutdown; looks--) { sleeping.push(thread);",
            "VisitPoolTest.taskThatComesWhileAThreadFallsAsleepIsRun"),
    PRIORITY_FALLS_WHILE_ALL_ARE_LATE(
            "RoundPasses",
            "return !askedSomebody && !skipped.isEmpty();",
            "return false;",
            "RoundPassesTest.passThatFindsEverybodyLateHasAskedNobody"),
    SLOW_PAIRS_KEEP_OTHERS_FROM_BEING_ASKED(
            "RoundPasses",
            "void openWindow() { window = WINDOW; }",
            "void openWindow() {}",
            "RoundPassesTest.thoseBehindASlowPairAreAskedWhenItIsTimeToLookForLateOnes"),
    REST_OF_A_LATE_PASS_NOT_ASKED(
            "RoundPasses",
            "askSkipped(pass.pair()); } else {",
            "askSkipped(pass.pair()); return; } else {",
            "RoundPassesTest.partBeforeThePlaceWhereALatePassBeganIsAskedWhenItHasCome"),
    PASS_HANDED_OVER_IS_SAID_TO_BE_DONE(
            "PassRun",
            "left.acknowledge(false);",
            "left.acknowledge(true);",
            "RoundPassesTest.visitorThatHandsItsPassOverHasNotVisitedAll"),
    PASS_OF_A_REPLACED_VISITOR_ASKED_TWICE(
            "RoundPasses",
            "if (pass.number == number && !pass.isAskedAgain) {",
            "if (pass.number == number) {",
            "RoundPassesTest.replacedVisitorThatIsLateIsPassedByOnce"),
    VISITS_NOT_HANDED_OVER_BY_A_RETIRED_VISITOR(
            "CgroupNode", "List.copyOf(runs).forEach(PassRun::handOver); runs.clear();", "runs.clear();");

    private static final Path SOURCES = Path.of("src", "main", "java", "io", "reclaimer", "engine");

    private final String className;
    private final String there;
    private final String instead;

    /** The test that finds it, where interleavings can't; otherwise empty. */
    private final String spec;

    SeededFault(String className, String there, String instead) {
        this(className, there, instead, "");
    }

    SeededFault(String className, String there, String instead, String spec) {
        this.spec = spec;
        this.className = className;
        this.there = there;
        this.instead = instead;
    }

    /** Whether the interleavings are to find it. */
    boolean isFoundByInterleavings() {
        return spec.isEmpty();
    }

    /** What its test, which finds it, throws; null where it finds nothing. */
    Throwable thrownBySpec() throws ReflectiveOperationException {
        String[] names = spec.split("\\.");
        Class<?> test = new EngineLoader(classes()).loadClass("io.reclaimer.engine." + names[0]);
        try {
            test.getMethod(names[1]).invoke(test.getConstructor().newInstance());
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
    }

    /** The classes that differ from the engine's, by name. */
    Map<String, byte[]> classes() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("Faults are compiled: this has to run on a JDK, not on a JRE");
        }
        Map<String, ByteArrayOutputStream> compiled = new HashMap<>();
        StringWriter said = new StringWriter();
        try (JavaFileManager files = inMemory(compiler, compiled)) {
            List<String> options =
                    List.of("-proc:none", "-g", "-nowarn", "-classpath", System.getProperty("java.class.path"));
            JavaFileObject source = source();
            if (!compiler.getTask(said, files, null, options, null, List.of(source))
                    .call()) {
                throw new IllegalStateException(this + " does not compile: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compiled.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().toByteArray()));
    }

    private JavaFileObject source() throws IOException {
        String whole = Files.readString(SOURCES.resolve(className + ".java"));
        // However it is broken into lines.
        String words = Arrays.stream(there.split(" "))
                .map(Pattern::quote)
                .collect(Collectors.joining("(?:\\s|//.*\\R|/\\*\\*(?s:.*?)\\*/)+"));
        Matcher places = Pattern.compile(words).matcher(whole);
        List<MatchResult> found = places.results().toList();
        if (found.size() != 1) {
            throw new IllegalStateException(this + ": [" + there + "] is " + found.size() + " times in " + className
                    + "; it has to be there once");
        }
        MatchResult place = found.get(0);
        String faulty = whole.substring(0, place.start()) + instead + whole.substring(place.end());
        return new SimpleJavaFileObject(
                URI.create("string:///io/reclaimer/engine/" + className + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoresErrors) {
                return faulty;
            }
        };
    }

    private static JavaFileManager inMemory(JavaCompiler compiler, Map<String, ByteArrayOutputStream> compiled) {
        return new ForwardingJavaFileManager<>(compiler.getStandardFileManager(null, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("mem:///" + name + kind.extension), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                        compiled.put(name, bytes);
                        return bytes;
                    }
                };
            }
        };
    }
}
