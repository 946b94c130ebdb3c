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
 * A fault that the exploration has to find: a text in one source file of the engine, and its replacement. Compiled on demand; the
 * engine itself does not change.
 *
 * <p>Compiling fails where the text is not in the source exactly once.
 */
enum SeededFault {
    BIT_CLEARED_WITHOUT_A_SECOND_COUNT(
            "VisitProgress", "phase = Phase.SECOND_COUNT; addVisit(thread); return true;", "close(); return false;"),
    BIT_NOT_SET_AGAIN_AFTER_A_LATE_ADD("VisitProgress", "if (reply != EMPTY) { perNode().setBit(entry); }", ""),
    BIT_OF_A_NEW_OWNER_NOT_TOLD_FROM_THE_OLD_ONES(
            "CgroupHandle", "if (!found.isSet(entry)) {", "if (found.units().nextSetBit(entry.id()) != entry.id()) {"),
    BIT_SET_WITHOUT_THE_LOCK_OF_THE_UNIT(
            "unit.ShrinkerUnit",
            "synchronized void setBit(int index, long owner) {",
            "void setBit(int index, long owner) {"),
    BIT_CLEARED_WITHOUT_THE_LOCK_OF_THE_UNIT(
            "unit.ShrinkerUnit",
            "synchronized void clearBit(int index, long owner) {",
            "void clearBit(int index, long owner) {"),
    NEW_UNIT_DROPS_THE_UNITS_BEFORE(
            "unit.UnitMap",
            "Arrays.copyOf(now, Math.max(now.length, index + 1))",
            "new ShrinkerUnit[Math.max(now.length, index + 1)]"),
    UNIT_MADE_WITHOUT_A_LOCK(
            "unit.UnitMap",
            "private synchronized ShrinkerUnit create(int index) { @Nullable ShrinkerUnit[] now "
                    + "= units; ShrinkerUnit there = index < now.length ? now[index] : null; if (there != "
                    + "null) { return there; }",
            "private ShrinkerUnit create(int index) { @Nullable ShrinkerUnit[] now = units;"),
    ID_OUT_BEFORE_THE_MAPS_HAVE_ROOM(
            "ShrinkerRegistry",
            "if (id >= engine.nrMax()) { engine.publishNrMax((id / ShrinkerUnit.IDS + 1) * "
                    + "ShrinkerUnit.IDS); } allocate(request, id);",
            "allocate(request, id); if (id >= engine.nrMax()) { engine.publishNrMax((id / "
                    + "ShrinkerUnit.IDS + 1) * ShrinkerUnit.IDS); }"),
    NR_MAX_SHRINKS_WITH_A_FREED_ID(
            "ShrinkerRegistry",
            "ids.clear(entry.id());",
            "ids.clear(entry.id()); engine.publishNrMax((ids.length() + ShrinkerUnit.IDS - 1) "
                    + "/ ShrinkerUnit.IDS * ShrinkerUnit.IDS);"),
    ID_HANDED_OUT_TWICE("ShrinkerRegistry", "ids.set(id);", ""),
    ID_FREE_BEFORE_THE_VISITS_HAVE_ENDED(
            "call.ShrinkerGuard",
            "return Behaviors.receive(Command.class) .onMessageEquals(Released.INSTANCE, () -> freeing(free)) .build();",
            "forget.accept(free.entry(), context.getSelf()); return "
                    + "Behaviors.receive(Command.class).onMessageEquals(Released.INSTANCE, () -> "
                    + "freeing(free)).onMessageEquals(Forgotten.INSTANCE, Behaviors::same).build();"),
    FREE_DOES_NOT_WAIT_FOR_HOLDS("call.ShrinkerGuard", "free.entry().holdCount() == 0", "true"),
    REGISTRATION_READ_BEFORE_THE_HAZARD_POINTER_IS_SET(
            "call.VisitingThread",
            "held = entry.serial(); ShrinkerEntry before = released; if (before != null) { released = null;"
                    + " before.released(); } if (entry.isRegistered()) {",
            "boolean may = entry.isRegistered(); held = entry.serial(); ShrinkerEntry before = released;"
                    + " if (before != null) { released = null; before.released(); } if (may) {"),
    LAST_RELEASE_NOT_SAID(
            "call.VisitingThread", "held = NONE; released = null; before.released();", "held = NONE; released = null;"),
    FREED_ANSWERED_TWICE(
            "call.FreedListeners",
            "takeAll().forEach(replyTo -> replyTo.success(Done.getInstance()));",
            "takeAll().forEach(replyTo -> { replyTo.success(Done.getInstance()); "
                    + "replyTo.success(Done.getInstance()); });"),
    DEFERRED_NOT_CARRIED_OVER(
            "OfflineTransition",
            "if (objects > 0) { parent.units().addDeferred(entry.id(), entry.serial(), objects); }",
            ""),
    DEFERRED_SET_INSTEAD_OF_ADDED(
            "unit.ShrinkerUnit",
            "slot.accumulateAndGet(objects, Saturating::add)",
            "objects + 0 * slot.getAndSet(objects)"),
    OBJECTS_MOVED_AND_THE_BIT_NOT_SET(
            "OfflineTransition", "bits.getOrDefault(perNode, List.of()).forEach(parent::setBit);", ""),
    OBJECTS_MOVED_WHILE_A_VISIT_RUNS(
            "CgroupNode",
            "if (next != null && !next.hasBegun() && passes.isEmpty() && !perNode.isInUse()) {",
            "if (next != null && !next.hasBegun()) {"),
    PASSIVATED_WITH_CHILDREN("Passivation", "&& perNode.childCount == 0", ""),
    DEFERRED_LOST_WITH_PASSIVATION(
            "Passivation",
            "cgroup.keepDeferred(perNode.node(), perNode.units().takeAllDeferred());",
            "perNode.units().takeAllDeferred();"),
    FIRST_BIT_TOLD_ONLY_ONCE("CgroupTree", "cgroup.takeFirstBit(message.node(), message.entry());", ""),
    DIRTY_CHILD_NOT_LISTED_BY_THE_PARENT("CgroupPerNode", "above.dirtyChildren().add(child);", ""),
    DIRTY_CHILD_LISTED_ON_ONE_LEVEL_ONLY(
            "CgroupPerNode",
            "for (CgroupPerNode above = parent; above != null; child = above, above = "
                    + "above.parent) { above.dirtyChildren().add(child); }",
            "if (parent != null) { parent.dirtyChildren().add(this); }"),
    CLEAN_BEFORE_CHILDREN_WERE_LOOKED_AT(
            "CgroupPerNode", "return units.isClean() && (now == null || now.isEmpty());", "return units.isClean();"),
    ACKNOWLEDGEMENT_THAT_WAKES_NOBODY(
            "Acknowledgements",
            "wakeAt = sum; return added >= sum;",
            "boolean enough = added >= sum; wakeAt = sum; return enough;"),
    ACKNOWLEDGEMENT_LOST_WHERE_ANOTHER_COMES_FIRST(
            "Acknowledgements",
            "while (!NEWEST.compareAndSet(this, known, last));",
            "while (false); if (!NEWEST.compareAndSet(this, known, last)) { return false; }"),
    ACKNOWLEDGEMENTS_COUNTED_IN_TWO_STEPS(
            "Acknowledgements", "(long) ADDED.getAndAdd(this, (long) more);", "added; added = before + more;"),
    COLLECTED_ACKNOWLEDGEMENTS_NOT_GIVEN_AT_THE_END(
            "PassBatch", "flush(); senders.remove(this);", "senders.remove(this);"),
    REQUESTS_NOT_HANDED_ON("PassBatch", "if (leaves) { handOn(); return; }", "if (leaves) { return; }"),
    ROUND_ANSWERED_TWICE(
            "ReclaimRound",
            "work.details().close(); return Behaviors.stopped();",
            "work.details().close(); return this;"),
    ROUND_WAITS_FOR_A_VISITOR_THAT_STOPPED(
            "ReclaimRound", "passes.visitorStopped(signal.getRef()); return goOn();", "return this;"),
    TALLY_COUNTED_TWICE(
            "PassThread",
            "cellOf(work.tally()).addScan(nrScanned, freed, bytes, entry.freesAtOnce());",
            "cellOf(work.tally()).addScan(nrScanned, freed, bytes, entry.freesAtOnce()); "
                    + "cellOf(work.tally()).addScan(nrScanned, freed, bytes, entry.freesAtOnce());"),
    TALLY_OF_ALL_THREADS_IN_ONE_CELL(
            "unit.Tally",
            "Cell cell = cells.get(thread); return cell != null ? cell : "
                    + "cells.computeIfAbsent(thread, first -> new Cell());",
            "return cells.values().stream().findFirst().orElseGet(() -> "
                    + "cells.computeIfAbsent(thread, first -> new Cell()));"),
    TARGET_NOT_LOOKED_AT_BETWEEN_SCANS(
            "DirectVisit",
            "while (ScanPlan.wantsScan(left, batch, freeable) && !work.isStopped())",
            "while (ScanPlan.wantsScan(left, batch, freeable))"),

    // One tenant's trouble that becomes another one's.
    FAILED_REPARENT_SETS_NO_BIT_OF_THE_PARENT(
            "Reparenting",
            "threw(entry, call.site().toString(), failed.thrown()); return true;",
            "threw(entry, call.site().toString(), failed.thrown()); return false;"),
    PASS_SENT_TO_A_REMOVED_CHILD(
            "Visitor", "return perNode.removed || perNode.visitor() != this;", "return perNode.visitor() != this;"),
    REMOVED_CHILD_LISTED_AGAIN("DirtyChildren", "child.removed = true;", ""),
    PASSIVATED_WITH_A_PASS_UNDER_WAY(
            "Passivation", "if (!perNode.close()) { cgroup.add(perNode); return; }", "perNode.close();"),
    ROUND_WAITS_FOR_A_LATE_VISITOR(
            "ReclaimRound", "if (silentChecks >= CHECKS) { silentChecks = 0; passes.passOverLate(); } else if", "if"),
    ROUND_DOES_NOT_WAIT_FOR_WHAT_LATE_VISITS_FREE(
            "ReclaimRound", "passes.lateCount() + work.lateVisits()", "passes.lateCount()"),
    LATE_REPLY_COUNTED_TWICE("Visit", "ended = null; thread.completeRelease();", "thread.completeRelease();"),
    LATE_REPLY_LEFT_TO_AN_ITERATION_THAT_DOES_NOT_WAIT_FOR_IT(
            "CgroupNode", "if (!visit.isOf(self) || visit.isLate()) {", "if (!visit.isOf(self)) {"),
    LATE_SHRINKER_CALLED_AGAIN(
            "ShrinkerIteration",
            "return !late.isLate(entry) || !late.await(entry, work, request().number);",
            "return true;"),
    STUCK_CALL_RELEASES_ITS_SHRINKER("call.VisitingThread", "stuck = visit; }", "stuck = visit; held = NONE; }"),
    CALL_PAST_ITS_DEADLINE_HOLDS_ITS_SHRINKER_FOR_EVER(
            "call.BlockingCalls",
            "Thread.interrupted(); task.call.entry().release();",
            "Thread.interrupted(); if (!task.writtenOff) { task.call.entry().release(); }"),
    STAGE_THAT_FAILS_WITH_AN_ERROR_ENDS_THE_VISITOR(
            "VisitProgress",
            "return threw(failed.thrown(), thread);",
            "if (failed.thrown() instanceof Error error) { throw error; } return threw(failed.thrown(), thread);"),
    BIT_CLEARED_BY_A_SECOND_REPLY_THAT_COMES_LATE(
            "VisitProgress",
            "if (reply != EMPTY) { perNode().setBit(entry); }",
            "if (reply != EMPTY) { perNode().setBit(entry); } else { perNode().clearBit(entry); }"),
    ENDED_CALLS_NOT_TOLD("call.CallQueues", "call.site().callHasEnded();", ""),
    RETIRED_VISITOR_KEEPS_ITS_CGROUP_IN_USE(
            "NodePass",
            "iteration.handOver(); acknowledge(false);",
            "PassRequest ended = request(); iteration.handOver(); request = null; ended.acknowledge(false);"),
    ENDED_CALL_KEEPS_THE_NEXT_ONE_FROM_BEING_MADE(
            "call.CallQueues", "} } leave(call); return call;", "} } return call;"),
    /** No interleaving: the engine plays on threads of the schedule, and this is about threads of its own. */
    TASK_LEFT_BEHIND_WHILE_A_THREAD_SLEEPS(
            "call.VisitPool",
            "sleeping.add(thread); for (int looks = isFirst(thread) ? LOOKS : 0; waiting.isEmpty() && !shutdown; looks--) {",
            "for (int looks = 0; waiting.isEmpty() && !shutdown; looks--) { sleeping.add(thread);",
            "call.VisitPoolTest.taskThatComesWhileAThreadFallsAsleepIsRun"),
    PRIORITY_FALLS_WHILE_ALL_ARE_LATE(
            "RoundPasses",
            "return !askedSomebody && !skipped.isEmpty();",
            "return false;",
            "RoundPassesTest.passThatFindsEverybodyLateHasAskedNobody"),
    SLOW_VISITORS_KEEP_OTHERS_FROM_BEING_ASKED(
            "RoundPasses",
            "void openWindow() { window = Math.max(window, WINDOW); }",
            "void openWindow() {}",
            "RoundPassesTest.thoseBehindASlowPairAreAskedWhenItIsTimeToLookForLateOnes"),
    SECOND_PART_OF_A_LATE_PASS_NOT_ASKED(
            "RoundPasses",
            "askSkipped(request.perNode()); } else {",
            "askSkipped(request.perNode()); return; } else {",
            "RoundPassesTest.partBeforeThePlaceWhereALatePassBeganIsAskedWhenItHasCome"),
    PASS_HANDED_OVER_IS_SAID_TO_BE_DONE(
            "NodePass",
            "iteration.handOver(); acknowledge(false);",
            "iteration.handOver(); acknowledge(true);",
            "RoundPassesTest.visitorThatHandsItsPassOverHasNotVisitedAll"),
    PASS_OF_A_REPLACED_VISITOR_ASKED_TWICE(
            "RoundPasses",
            "if (request.number == number && !request.isReassigned) {",
            "if (request.number == number) {",
            "RoundPassesTest.replacedVisitorThatIsLateIsPassedByOnce"),
    VISITS_NOT_HANDED_OVER_BY_A_RETIRED_VISITOR(
            "CgroupNode", "List.copyOf(passes).forEach(NodePass::handOver); passes.clear();", "passes.clear();");

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

    /** Whether the exploration has to find it; otherwise its test has to. */
    boolean isFoundByInterleavings() {
        return spec.isEmpty();
    }

    /** The failure of its test; null where the test does not find the fault. */
    Throwable thrownBySpec() throws ReflectiveOperationException {
        int dot = spec.lastIndexOf('.');
        Class<?> test = new EngineLoader(classes()).loadClass("io.reclaimer.engine." + spec.substring(0, dot));
        try {
            test.getMethod(spec.substring(dot + 1)).invoke(test.getConstructor().newInstance());
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
    }

    /** The classes of the faulty source file, by name. */
    Map<String, byte[]> classes() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("Seeded faults are compiled: run the tests on a JDK, not on a JRE");
        }
        Map<String, ByteArrayOutputStream> compiled = new HashMap<>();
        StringWriter messages = new StringWriter();
        try (JavaFileManager files = inMemory(compiler, compiled)) {
            List<String> options =
                    List.of("-proc:none", "-g", "-nowarn", "-classpath", System.getProperty("java.class.path"));
            JavaFileObject source = source();
            if (!compiler.getTask(messages, files, null, options, null, List.of(source))
                    .call()) {
                throw new IllegalStateException(this + " does not compile: " + messages);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compiled.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().toByteArray()));
    }

    private JavaFileObject source() throws IOException {
        String file = className.replace('.', '/') + ".java";
        String whole = Files.readString(SOURCES.resolve(file));
        // However it is broken into lines.
        String words = Arrays.stream(there.split(" "))
                .map(Pattern::quote)
                .collect(Collectors.joining("(?:\\s|//.*\\R|/\\*\\*(?s:.*?)\\*/)+"));
        Matcher places = Pattern.compile(words).matcher(whole);
        List<MatchResult> found = places.results().toList();
        if (found.size() != 1) {
            throw new IllegalStateException(this + ": [" + there + "] occurs [" + found.size() + "] times in "
                    + className + "; it has to occur once");
        }
        MatchResult place = found.get(0);
        String faulty = whole.substring(0, place.start()) + instead + whole.substring(place.end());
        return new SimpleJavaFileObject(
                URI.create("string:///io/reclaimer/engine/" + file), JavaFileObject.Kind.SOURCE) {
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
