package io.reclaimer.engine.unit;

import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An object is added while a visit clears the bit of its shrinker: the steps of {@code CgroupHandle.setBit} against
 * those of {@code VisitProgress.counted} and the count that follows. Where the adding thread sees the bit and sends no
 * message, the count sees the object. The object is a plain field: the fences order it.
 */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "not counted, but a message is sent")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "counted, and a message is sent")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "no message, but counted")
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "no message, and not counted: the object is lost")
public class BitStress {

    private static final int INDEX = 5;
    private static final long OWNER = 7;

    private final ShrinkerUnit unit = new ShrinkerUnit();
    private int objects;

    public BitStress() {
        unit.setBit(INDEX, OWNER);
    }

    @Actor
    public void add(II_Result result) {
        objects = 1;
        VarHandle.fullFence();
        result.r1 = unit.isSet(INDEX, OWNER) ? 1 : 0;
    }

    @Actor
    public void clear(II_Result result) {
        unit.clearBit(INDEX, OWNER);
        VarHandle.fullFence();
        result.r2 = objects;
    }
}
