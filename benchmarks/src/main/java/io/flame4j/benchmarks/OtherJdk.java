package io.flame4j.benchmarks;

import io.flame4j.backend.JvmCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cold starts on a JDK 25 that is on the machine, in a run of its own whose figures are added to those of this one. */
final class OtherJdk {

    private static final int FEATURE = 25;
    private static final Path USUAL = Path.of("/usr/lib/jvm");

    private OtherJdk() {}

    static void measure(Figures figures, Options options) throws IOException, InterruptedException {
        Optional<Path> java = Runtime.version().feature() == FEATURE ? Optional.empty() : find();
        if (java.isEmpty()) {
            System.err.println("bench: no other JDK " + FEATURE + " here: JAVA_HOME_25 names none");
            return;
        }
        Path file = Files.createTempFile("flame4j-bench", ".tsv");
        try {
            List<String> command = new ArrayList<>(List.of(java.get().toString()));
            command.addAll(JvmCommand.ofThisProcess().options());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
            command.addAll(List.of("--only", "cold-start", "--transfer", file.toString()));
            if (options.effort().coldStarts() < Effort.FULL.coldStarts()) {
                command.add(options.effort().coldStarts() < Effort.QUICK.coldStarts() ? "--mini" : "--quick");
            }
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new IOException("the run on " + java.get() + " ended with " + status);
            }
            Figures other = Transfer.read(file);
            ColdStart.limits(other, "cold-start");
            figures.addAll(other, Main.ON_JDK_25);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Optional<Path> find() throws IOException {
        List<Path> homes = new ArrayList<>();
        String named = System.getenv("JAVA_HOME_25");
        if (named != null && !named.isEmpty()) {
            homes.add(Path.of(named));
        }
        if (Files.isDirectory(USUAL)) {
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(USUAL, "*25*")) {
                folders.forEach(homes::add);
            }
        }
        return homes.stream()
                .map(home -> home.resolve("bin" + File.separator + "java"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
