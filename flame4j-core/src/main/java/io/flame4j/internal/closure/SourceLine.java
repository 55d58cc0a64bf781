package io.flame4j.internal.closure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds the file and line where a method begins, in the class file. For messages alone: a stack trace would say where a
 * task was sent from, which is not always where it was written.
 */
final class SourceLine {

    private static final int UTF8 = 1;

    private final ByteBuffer in;
    private final int[] constants;
    private final String method;
    private int line;
    private @Nullable String file;

    private SourceLine(byte[] classFile, String method) {
        this.in = ByteBuffer.wrap(classFile);
        this.method = method;
        in.position(8);
        constants = new int[unsignedShort()];
    }

    /** {@code Main.java:42}, or null when the class was compiled without this information or cannot be read. */
    static @Nullable String of(Class<?> type, String method) {
        try {
            byte[] classFile = ClassFingerprint.classFile(type);
            return classFile == null ? null : new SourceLine(classFile, method).find();
        } catch (IOException | RuntimeException e) {
            // The message that this is for matters more than its line number.
            return null;
        }
    }

    private @Nullable String find() {
        readConstants();
        skip(6);
        skip(2 * unsignedShort());
        readMembers(false);
        readMembers(true);
        readAttributes(name -> {
            if (name.equals("SourceFile")) {
                file = text(unsignedShort());
            }
        });
        return file == null ? null : line == 0 ? file : file + ":" + line;
    }

    private void readConstants() {
        for (int i = 1; i < constants.length; i++) {
            constants[i] = in.position();
            int tag = in.get();
            switch (tag) {
                case UTF8 -> skip(unsignedShort());
                case 7, 8, 16, 19, 20 -> skip(2);
                case 15 -> skip(3);
                case 5, 6 -> {
                    // Longs and doubles take two places.
                    skip(8);
                    i++;
                }
                default -> skip(4);
            }
        }
    }

    private void readMembers(boolean methods) {
        for (int i = unsignedShort(); i > 0; i--) {
            skip(2);
            boolean wanted = text(unsignedShort()).equals(method) && methods && line == 0;
            skip(2);
            readAttributes(name -> {
                if (wanted && name.equals("Code")) {
                    readCode();
                }
            });
        }
    }

    private void readCode() {
        skip(4);
        skip(in.getInt());
        skip(8 * unsignedShort());
        readAttributes(name -> {
            if (name.equals("LineNumberTable") && line == 0 && unsignedShort() > 0) {
                skip(2);
                line = unsignedShort();
            }
        });
    }

    /** Gets the position of an attribute's content, and may leave it anywhere. */
    private interface Attribute {
        void read(String name);
    }

    private void readAttributes(Attribute attribute) {
        for (int i = unsignedShort(); i > 0; i--) {
            String name = text(unsignedShort());
            int length = in.getInt();
            int end = in.position() + length;
            attribute.read(name);
            in.position(end);
        }
    }

    private String text(int constant) {
        int at = constants[constant];
        int length = in.getShort(at + 1) & 0xFFFF;
        return new String(in.array(), at + 3, length, StandardCharsets.UTF_8);
    }

    private int unsignedShort() {
        return in.getShort() & 0xFFFF;
    }

    private void skip(int bytes) {
        in.position(in.position() + bytes);
    }
}
