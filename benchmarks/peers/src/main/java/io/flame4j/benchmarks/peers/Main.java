package io.flame4j.benchmarks.peers;

import io.flame4j.backend.JvmCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** flame4j, bare sockets and other libraries, side by side: {@code ./bench --peers}. */
public final class Main {

    private static final Set<String> LEFT_OUT = Set.of("scheduler", "allocation", "strangers", "scale");

    private Main() {}

    /** Arguments: see {@code ./bench --help}. */
    public static void main(String[] args) throws Exception {
        if (System.getProperty("java.class.path").contains(File.pathSeparator)) {
            System.exit(again(args));
        }
        io.flame4j.benchmarks.Main.run(List.of(args), Peers.all(), LEFT_OUT);
        // Libraries may have left threads.
        System.exit(0);
    }

    /** Starts this again from a jar whose manifest opens what Ignite needs. */
    private static int again(String[] args) throws IOException, InterruptedException {
        Path jar = ClassPath.jar(Main.class, IgnitePeer.OPENS);
        try {
            JvmCommand own = JvmCommand.ofThisProcess();
            List<String> command = new ArrayList<>(List.of(own.java()));
            command.addAll(own.options());
            command.addAll(List.of("-jar", jar.toString()));
            command.addAll(List.of(args));
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } finally {
            Files.deleteIfExists(jar);
        }
    }
}
