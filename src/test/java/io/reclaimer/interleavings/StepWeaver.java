package io.reclaimer.interleavings;

import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;

/**
 * Weaves a call to {@link Schedule#step} before each instruction by which threads interact: reads and writes of volatile fields,
 * calls of a {@code VarHandle} or an atomic, and sent messages. So no step is forgotten, and the engine holds no code for tests.
 *
 * <p>Steps inside a lock have no effect, because other threads could only wait there. So locks are counted
 * ({@link ScheduledThread#locked}).
 */
final class StepWeaver extends ClassVisitor {

    private static final String SCHEDULE = Type.getInternalName(Schedule.class);
    private static final String THREAD = Type.getInternalName(ScheduledThread.class);

    private final Set<String> volatiles;
    private String owner = "";

    private StepWeaver(ClassVisitor next, Set<String> volatiles) {
        super(Opcodes.ASM9, next);
        this.volatiles = volatiles;
    }

    /**
     * Weaves one class.
     *
     * @param volatiles the volatile fields of all classes, as {@code owner.name}
     */
    static byte[] weave(byte[] bytes, Set<String> volatiles) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new StepWeaver(writer, volatiles), 0);
        return writer.toByteArray();
    }

    @Override
    public void visit(int version, int access, String name, String signature, String above, String[] interfaces) {
        owner = name.substring(name.lastIndexOf('/') + 1);
        super.visit(version, access, name, signature, above, interfaces);
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] thrown) {
        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, thrown);
        // No other thread sees an object before its constructor has ended.
        return name.startsWith("<")
                ? next
                : new Weaving(next, owner + "." + name, (access & Opcodes.ACC_SYNCHRONIZED) != 0);
    }

    private final class Weaving extends MethodVisitor {
        private final String where;
        private final boolean locked;
        private int line;

        Weaving(MethodVisitor next, String where, boolean locked) {
            super(Opcodes.ASM9, next);
            this.where = where;
            this.locked = locked;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            if (locked) {
                call("locked");
            }
        }

        @Override
        public void visitLineNumber(int number, Label start) {
            line = number;
            super.visitLineNumber(number, start);
        }

        @Override
        public void visitFieldInsn(int opcode, String of, String name, String descriptor) {
            if (volatiles.contains(of + "." + name)) {
                boolean reads = opcode == Opcodes.GETFIELD || opcode == Opcodes.GETSTATIC;
                step((reads ? "reading " : "writing ") + name);
            }
            super.visitFieldInsn(opcode, of, name, descriptor);
        }

        @Override
        public void visitMethodInsn(int opcode, String of, String name, String descriptor, boolean isInterface) {
            boolean atomic = of.equals("java/lang/invoke/VarHandle") || of.startsWith("java/util/concurrent/atomic/");
            boolean sends = of.equals("akka/actor/typed/ActorRef") && name.equals("tell");
            boolean onObject = opcode == Opcodes.INVOKEVIRTUAL || opcode == Opcodes.INVOKEINTERFACE;
            if (onObject && (atomic || sends)) {
                step(name);
            }
            super.visitMethodInsn(opcode, of, name, descriptor, isInterface);
        }

        @Override
        public void visitInsn(int opcode) {
            boolean returns = opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN;
            if (opcode == Opcodes.MONITORENTER) {
                step("locking");
                call("locked");
            } else if (locked && (returns || opcode == Opcodes.ATHROW)) {
                call("unlocked");
            }
            super.visitInsn(opcode);
            if (opcode == Opcodes.MONITOREXIT) {
                call("unlocked");
            }
        }

        private void step(String what) {
            super.visitLdcInsn(where + " (line " + line + ", " + what + ")");
            super.visitMethodInsn(Opcodes.INVOKESTATIC, SCHEDULE, "step", "(Ljava/lang/String;)V", false);
        }

        private void call(String method) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, THREAD, method, "()V", false);
        }
    }
}
