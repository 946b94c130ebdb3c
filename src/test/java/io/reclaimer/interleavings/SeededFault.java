package io.reclaimer.interleavings;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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
            "VisitRun",
            "phase = Phase.SECOND_LOOK; walk.cell().visited(); return true;",
            "release(entry); return false;"),
    BIT_NOT_SET_AGAIN_AFTER_A_LATE_ADD("CgroupWalk", "units.setBit(entry);", ""),
    BIT_OF_A_NEW_OWNER_NOT_TOLD_FROM_THE_OLD_ONES(
            "CgroupHandle",
            "if (!pair.units().isSet(entry)) {",
            "if (pair.units().nextSetBit(entry.id()) != entry.id()) {"),
    GROWTH_DROPS_THE_UNITS_BEFORE(
            "UnitMap",
            "Arrays.copyOf(now, Math.max(now.length, index + 1))",
            "new ShrinkerUnit[Math.max(now.length, index + 1)]"),
    UNIT_MADE_WITHOUT_A_LOCK(
            "UnitMap",
            "private synchronized ShrinkerUnit create(int index) { @Nullable ShrinkerUnit[] now = units;"
                    + " ShrinkerUnit there = index < now.length ? now[index] : null; if (there != null) { return there; }",
            "private ShrinkerUnit create(int index) { @Nullable ShrinkerUnit[] now = units;"),
    PAIR_MADE_DURING_A_GROWTH_WITH_THE_OLD_SIZE(
            "CgroupTree", "above, growth == null ? nrMax : growth.nrMax())", "above, nrMax)"),
    GROWN_BEFORE_ALL_PAIRS_HAVE("Growth", "missing.remove(pair) && missing.isEmpty()", "missing.remove(pair)"),
    NR_MAX_SHRINKS_AFTER_A_FAILED_GROWTH(
            "ShrinkerRegistry",
            "growingTo = nrMax; failWaiting(",
            "nrMax = 0; published.publishNrMax(0); growingTo = nrMax; failWaiting("),
    ID_HANDED_OUT_TWICE("ShrinkerRegistry", "ids.set(id);", ""),
    ID_FREE_BEFORE_THE_VISITS_HAVE_ENDED(
            "ShrinkerGuard",
            "return phase().onMessageEquals(Released.INSTANCE, () -> freeing(free)).build();",
            "registry.tell(new ShrinkerRegistry.Forget(free.entry(), context.getSelf()));"
                    + " return phase().onMessageEquals(Released.INSTANCE, () -> freeing(free))"
                    + ".onMessageEquals(Forgotten.INSTANCE, Behaviors::same).build();"),
    FREE_DOES_NOT_WAIT_FOR_HOLDS("ShrinkerGuard", "free.entry().holdCount() == 0", "true"),
    HOLD_LOOKED_AT_BEFORE_IT_IS_MARKED(
            "CallMark",
            "held = entry.serial(); ShrinkerEntry left = leaving; if (left != null) { leaving = null; left.released(); }"
                    + " if (entry.isRegistered()) {",
            "boolean may = entry.isRegistered(); held = entry.serial(); ShrinkerEntry left = leaving;"
                    + " if (left != null) { leaving = null; left.released(); } if (may) {"),
    LAST_RELEASE_NOT_SAID("CallMark", "held = NONE; leaving = null; left.released();", "held = NONE; leaving = null;"),
    FREED_ANSWERED_TWICE(
            "ShrinkerGuard",
            "free.entry().freed(); free.replyTo()",
            "free.entry().freed(); free.replyTo().success(Done.getInstance()); free.replyTo()"),
    DEFERRED_NOT_CARRIED_OVER(
            "Departure", "bits.getOrDefault(pair, List.of()), owed)", "bits.getOrDefault(pair, List.of()), List.of())"),
    DEFERRED_CARRIED_OVER_BEFORE_ALL_NODES_ARE_QUIET(
            "Departure", "if (bits.size() == pairs.size()) { pairs.forEach(this::handOver); }", "handOver(pair);"),
    DEFERRED_SET_INSTEAD_OF_ADDED(
            "ShrinkerUnit", "slot.accumulateAndGet(objects, Saturating::add)", "objects + 0 * slot.getAndSet(objects)"),
    DEFERRED_LOST_WITH_A_RESTING_PAIR(
            "CgroupTree", "cgroup.takeOwed(node).forEach(pair.units()::addDeferred);", "cgroup.takeOwed(node);"),
    OBJECTS_MOVED_AND_THE_BIT_NOT_SET("CgroupNode", "message.bits().forEach(pair.units()::setBit);", ""),
    OBJECTS_MOVED_WHILE_A_VISIT_RUNS(
            "CgroupNode", "if (reparenting != null && runs.isEmpty()) {", "if (reparenting != null) {"),
    PAIR_RESTS_WITH_A_BIT(
            "CgroupNode", "if (leaving || !runs.isEmpty() || !isClean()) {", "if (leaving || !runs.isEmpty()) {"),
    PAIR_RESTS_WITH_PAIRS_BELOW("Resting", "&& pair.pairsBelow == 0", ""),
    FIRST_BIT_DOES_NOT_WAIT_FOR_A_PAIR_THAT_GOES_TO_REST(
            "CgroupTree", "resting.whenAwake(message.cgroup(), () -> setFirstBit(message));", "setFirstBit(message);"),
    DIRTY_MARK_NOT_PASSED_TO_THE_PARENT(
            "CgroupNode", "parentKnows &= !clean; run.answer(clean);", "run.answer(clean);"),
    DIRTY_MARK_TOLD_ON_ONLY_ONE_LEVEL(
            "CgroupNode",
            "if (below.becomesDirty(message.child())) { pair.isBusy(); } tellParent();",
            "if (below.becomesDirty(message.child())) { pair.isBusy(); }"),
    DIRTY_MARK_CLEARED_BEFORE_CHILDREN_WERE_LOOKED_AT(
            "CgroupNode", "return below.isClean() && pair.units().isClean();", "return pair.units().isClean();"),
    ANSWER_THAT_WAKES_NOBODY(
            "PassRun", "wakeAt = wanted; Answer last = newest;", "Answer last = newest; wakeAt = wanted;"),
    ANSWERS_OVERWRITE_EACH_OTHER(
            "PassRun", "while (!NEWEST.compareAndSet(this, last, answer));", "while (false); newest = answer;"),
    ROUND_ANSWERED_TWICE(
            "ReclaimRound", "return answered ? this : end(message.outcome);", "return end(message.outcome);"),
    ROUND_WAITS_FOR_A_PAIR_THAT_STOPPED("ReclaimRound", "return reported(signal.getRef());", "return this;"),
    TALLY_COUNTED_TWICE(
            "VisitRun",
            "walk.cell().scanned(nrScanned, answer, bytes, entry.freesAtOnce());",
            "walk.cell().scanned(nrScanned, answer, bytes, entry.freesAtOnce());"
                    + " walk.cell().scanned(nrScanned, answer, bytes, entry.freesAtOnce());"),
    TALLY_OF_ALL_THREADS_IN_ONE_CELL(
            "Tally",
            "Cell cell = cells.get(thread); return cell != null ? cell : cells.computeIfAbsent(thread, first -> new Cell());",
            "return cells.values().stream().findFirst().orElseGet(() -> cells.computeIfAbsent(thread, first -> new Cell()));"),
    TARGET_NOT_LOOKED_AT_BETWEEN_SCANS(
            "VisitRun", "(forWork.isStopped() || !visit.wantsScan())", "(!visit.wantsScan())");

    private static final Path SOURCES = Path.of("src", "main", "java", "io", "reclaimer", "engine");

    private final String className;
    private final String there;
    private final String instead;

    SeededFault(String className, String there, String instead) {
        this.className = className;
        this.there = there;
        this.instead = instead;
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
        String words =
                Arrays.stream(there.split(" ")).map(Pattern::quote).collect(Collectors.joining("(?:\\s|//.*\\R)+"));
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
