package io.flame4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Hands the figures of a run to another one, on another JDK: lines of fields with tabs between them. */
final class Transfer {

    private Transfer() {}

    static void write(Figures figures, Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        figures.all()
                .forEach((key, series) -> series.rounds()
                        .forEach(value -> lines.add(String.join(
                                "\t",
                                key.group(),
                                key.metric(),
                                key.contender(),
                                series.unit(),
                                Double.toString(value)))));
        Files.write(file, lines);
    }

    static Figures read(Path file) throws IOException {
        Figures figures = new Figures();
        for (String line : Files.readAllLines(file)) {
            String[] fields = line.split("\t", -1);
            figures.add(fields[0], fields[1], fields[2], fields[3], Double.parseDouble(fields[4]));
        }
        return figures;
    }
}
