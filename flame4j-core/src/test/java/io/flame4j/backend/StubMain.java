package io.flame4j.backend;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Plays a runner. The environment variable {@code STUB} says what it does, {@code STUB_FILE} where it tells. */
public final class StubMain {

    private StubMain() {}

    public static void main(String[] args) throws Exception {
        String[] stub = System.getenv("STUB").split(" ", 2);
        if (!end(stub) && !print(stub)) {
            playWithProcesses(stub[0]);
        }
    }

    private static boolean end(String[] stub) {
        switch (stub[0]) {
            case "exit" -> {
                System.out.println("going");
                System.exit(Integer.parseInt(stub[1]));
            }
            case "fill-heap" -> {
                List<byte[]> all = new ArrayList<>();
                while (true) {
                    all.add(new byte[1 << 20]);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean print(String[] stub) throws IOException {
        switch (stub[0]) {
            case "print-environment" -> {
                for (String name : stub[1].split(" ")) {
                    System.out.println(name + "=" + System.getenv(name));
                }
                System.out.println("property=" + System.getProperty("stub"));
            }
            case "print-properties" -> {
                System.out.println("directory=" + Path.of("").toAbsolutePath());
                System.out.println("heap=" + Runtime.getRuntime().maxMemory());
                System.out.println("stdin=" + System.in.read());
                System.out.println("property=" + System.getProperty("stub"));
            }
            case "print-lines" -> printLines(System.out);
            case "print-much" -> {
                for (int i = 0; i < 100_000; i++) {
                    System.out.println("line " + i);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void playWithProcesses(String stub) throws Exception {
        switch (stub) {
            case "block" -> {
                tell(ProcessHandle.current().pid());
                forever();
            }
            case "spawn-and-block" -> {
                tell(spawn().pid());
                forever();
            }
            case "spawn-and-exit" -> {
                System.out.println("spawned");
                tell(spawn().pid());
            }
            case "outlive-parent" -> {
                ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
                tell(ProcessHandle.current().pid());
                parent.onExit().join();
                for (int i = 0; i < 100_000; i++) {
                    System.out.println("nobody reads this");
                }
                tell(-1);
            }
            case "be-parent" -> beParent();
            case "be-runner-with-runners" -> beRunnerWithRunners();
            default -> throw new IllegalArgumentException(stub);
        }
    }

    private static void printLines(PrintStream out) {
        out.print("first\r\n");
        System.err.print("from stderr\n");
        out.print("\n");
        out.print("x".repeat(100_000) + "\n");
        out.print("unfinished");
        out.flush();
    }

    /** A parent whose runner outlives it. */
    private static void beParent() throws Exception {
        ProcessBackend backend = ProcessBackend.builder()
                .command(JvmCommand.ofThisProcess().withMainClass(StubMain.class.getName()))
                .env(Map.of("STUB", "outlive-parent"))
                .build();
        backend.start(ProcessBackendTest.spec("orphan"));
        forever();
    }

    /** A runner whose own runner writes to the same output. */
    private static void beRunnerWithRunners() throws Exception {
        ProcessBackend backend = ProcessBackend.builder()
                .command(JvmCommand.ofThisProcess().withMainClass(StubMain.class.getName()))
                .env(Map.of("STUB", "print-environment FLAME_PARENT JAVA_TOOL_OPTIONS"))
                .output(ProcessBackend.Output.INHERIT)
                .build();
        RunnerExit exit = backend.start(ProcessBackendTest.spec("inner"))
                .exit()
                .toCompletableFuture()
                .get();
        System.out.println("inner: " + exit.exitCode().orElseThrow() + " " + exit.lastLines());
    }

    private static Process spawn() throws IOException {
        return new ProcessBuilder("sleep", "600").inheritIO().start();
    }

    private static void tell(long number) throws IOException {
        Path file = Path.of(System.getenv("STUB_FILE"));
        Path half = file.resolveSibling(file.getFileName() + ".half");
        Files.writeString(half, Long.toString(number));
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void forever() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
