package io.flame4j.spring.internal.call;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ConstantDynamic;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Follows one method's code to tell which methods it calls on {@code this}. It keeps the operand stack, of which it knows
 * only which slots are {@code this}; where paths meet, that of the first counts, which is enough for what compilers write.
 */
final class ThisFlow extends MethodVisitor {

    private static final boolean THIS = true;
    private static final boolean OTHER = false;

    private final Set<String> classes;
    private final Consumer<String> calls;
    private final Map<Label, List<Boolean>> atLabels = new HashMap<>();
    private List<Boolean> stack = new ArrayList<>();

    /** Whether the instruction before leads to the next. */
    private boolean reached = true;

    /**
     * Makes one.
     *
     * @param classes internal names of the class and those above it
     * @param calls takes name and descriptor of what is called on {@code this}
     */
    ThisFlow(Set<String> classes, Consumer<String> calls) {
        super(SpringAsmInfo.ASM_VERSION);
        this.classes = classes;
        this.calls = calls;
    }

    @Override
    public void visitInsn(int opcode) {
        if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN || opcode == Opcodes.ATHROW) {
            reached = false;
        } else if (opcode >= Opcodes.DUP && opcode <= Opcodes.DUP2_X2) {
            int above = (opcode - Opcodes.DUP) % 3;
            duplicate(opcode >= Opcodes.DUP2 ? 2 : 1, above);
        } else if (opcode == Opcodes.SWAP) {
            boolean top = pop();
            boolean below = pop();
            push(top);
            push(below);
        } else {
            int effect = StackEffects.of(opcode);
            pop(effect / 10);
            pushOther(effect % 10);
        }
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        if (opcode != Opcodes.NEWARRAY) {
            push(OTHER);
        }
    }

    @Override
    public void visitVarInsn(int opcode, int variable) {
        switch (opcode) {
            case Opcodes.ALOAD -> push(variable == 0 ? THIS : OTHER);
            case Opcodes.ILOAD, Opcodes.FLOAD -> push(OTHER);
            case Opcodes.LLOAD, Opcodes.DLOAD -> pushOther(2);
            case Opcodes.LSTORE, Opcodes.DSTORE -> pop(2);
            default -> pop(1);
        }
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        if (opcode == Opcodes.NEW) {
            push(OTHER);
        } else if (opcode != Opcodes.CHECKCAST) {
            pop(1);
            push(OTHER);
        }
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
        int size = Type.getType(descriptor).getSize();
        boolean put = opcode == Opcodes.PUTFIELD || opcode == Opcodes.PUTSTATIC;
        boolean instance = opcode == Opcodes.GETFIELD || opcode == Opcodes.PUTFIELD;
        pop((put ? size : 0) + (instance ? 1 : 0));
        pushOther(put ? 0 : size);
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        pop((sizes >> 2) - 1);
        boolean receiver = opcode != Opcodes.INVOKESTATIC && pop();
        if (receiver && classes.contains(owner) && !name.equals("<init>")) {
            calls.accept(name + descriptor);
        }
        pushOther(sizes & 3);
    }

    /** A lambda, or a reference to a method, that holds {@code this}: what it runs is taken for called. */
    @Override
    public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        int captured = (sizes >> 2) - 1;
        boolean holdsThis = false;
        for (int i = 0; i < captured; i++) {
            holdsThis |= pop();
        }
        for (Object argument : arguments) {
            if (holdsThis && argument instanceof Handle handle && classes.contains(handle.getOwner())) {
                calls.accept(handle.getName() + handle.getDesc());
            }
        }
        pushOther(sizes & 3);
    }

    @Override
    public void visitLdcInsn(Object value) {
        boolean wide = value instanceof Long
                || value instanceof Double
                || value instanceof ConstantDynamic constant && constant.getSize() == 2;
        pushOther(wide ? 2 : 1);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
        pop(dimensions);
        push(OTHER);
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        if (opcode >= Opcodes.IF_ICMPEQ && opcode <= Opcodes.IF_ACMPNE) {
            pop(2);
        } else if (opcode != Opcodes.GOTO) {
            pop(1);
        }
        leadsTo(label);
        reached = opcode != Opcodes.GOTO;
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label dflt, Label... labels) {
        choose(dflt, labels);
    }

    @Override
    public void visitLookupSwitchInsn(Label dflt, int[] keys, Label[] labels) {
        choose(dflt, labels);
    }

    private void choose(Label otherwise, Label... labels) {
        pop(1);
        leadsTo(otherwise);
        for (Label label : labels) {
            leadsTo(label);
        }
        reached = false;
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
        atLabels.put(handler, List.of(OTHER));
    }

    @Override
    public void visitLabel(Label label) {
        if (!reached) {
            stack = new ArrayList<>(atLabels.getOrDefault(label, List.of()));
            reached = true;
        }
    }

    private void leadsTo(Label label) {
        atLabels.putIfAbsent(label, List.copyOf(stack));
    }

    /** Copies the topmost slots, and puts the copy so many slots beneath them. */
    private void duplicate(int slots, int beneath) {
        int size = stack.size();
        if (size < slots + beneath) {
            pushOther(slots);
            return;
        }
        stack.addAll(size - slots - beneath, List.copyOf(stack.subList(size - slots, size)));
    }

    private boolean pop() {
        return !stack.isEmpty() && stack.remove(stack.size() - 1);
    }

    private void pop(int slots) {
        for (int i = 0; i < slots; i++) {
            pop();
        }
    }

    private void push(boolean value) {
        stack.add(value);
    }

    private void pushOther(int slots) {
        for (int i = 0; i < slots; i++) {
            push(OTHER);
        }
    }
}
