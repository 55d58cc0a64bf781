package io.flame4j.spring.internal.call;

import org.springframework.asm.Opcodes;

/** How many slots an instruction without operands takes from the stack, times ten, and how many it adds. */
final class StackEffects {

    private StackEffects() {}

    static int of(int opcode) {
        if (opcode >= Opcodes.IADD && opcode <= Opcodes.DREM) {
            return isWide(opcode - Opcodes.IADD) ? 42 : 21;
        }
        if (opcode >= Opcodes.INEG && opcode <= Opcodes.DNEG) {
            return isWide(opcode - Opcodes.INEG) ? 22 : 11;
        }
        if (opcode >= Opcodes.ISHL && opcode <= Opcodes.LUSHR) {
            return isWide(opcode - Opcodes.ISHL) ? 32 : 21;
        }
        if (opcode >= Opcodes.IAND && opcode <= Opcodes.LXOR) {
            return isWide(opcode - Opcodes.IAND) ? 42 : 21;
        }
        return switch (opcode) {
            case Opcodes.NOP -> 0;
            case Opcodes.LCONST_0, Opcodes.LCONST_1, Opcodes.DCONST_0, Opcodes.DCONST_1 -> 2;
            case Opcodes.LALOAD, Opcodes.DALOAD -> 22;
            case Opcodes.IALOAD, Opcodes.FALOAD, Opcodes.AALOAD, Opcodes.BALOAD, Opcodes.CALOAD, Opcodes.SALOAD -> 21;
            case Opcodes.LASTORE, Opcodes.DASTORE -> 40;
            case Opcodes.IASTORE, Opcodes.FASTORE, Opcodes.AASTORE, Opcodes.BASTORE, Opcodes.CASTORE, Opcodes.SASTORE ->
                30;
            case Opcodes.POP, Opcodes.MONITORENTER, Opcodes.MONITOREXIT -> 10;
            case Opcodes.POP2 -> 20;
            case Opcodes.I2L, Opcodes.I2D, Opcodes.F2L, Opcodes.F2D -> 12;
            case Opcodes.L2I, Opcodes.L2F, Opcodes.D2I, Opcodes.D2F, Opcodes.FCMPL, Opcodes.FCMPG -> 21;
            case Opcodes.L2D, Opcodes.D2L -> 22;
            case Opcodes.LCMP, Opcodes.DCMPL, Opcodes.DCMPG -> 41;
            case Opcodes.I2F, Opcodes.F2I, Opcodes.I2B, Opcodes.I2C, Opcodes.I2S, Opcodes.ARRAYLENGTH -> 11;
            // Constants of one slot.
            default -> 1;
        };
    }

    /** Arithmetic comes in fours or twos: int, long, float, double. */
    private static boolean isWide(int offset) {
        return offset % 2 == 1;
    }
}
