package io.flame4j.spring.app;

import io.flame4j.spring.FlameCall;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Service;

/** Paints on runners, with what is there. */
@Service
public class Painter {

    private final Probe probe;
    private final Canvas canvas;

    public Painter(Probe probe, Canvas canvas) {
        this.probe = probe;
        this.canvas = canvas;
    }

    @FlameCall("thumbs")
    public Map<String, String> paint() {
        return canvas.facts();
    }

    @FlameCall("thumbs")
    public CompletableFuture<String> colour(String suffix) {
        return CompletableFuture.completedFuture(probe.facts().get("colour") + suffix);
    }

    @FlameCall("thumbs")
    public void fail() throws IOException {
        throw new NoSuchFileException("nobody hears");
    }

    @FlameCall(pool = "thumbs", await = true)
    public void failLoudly() throws IOException {
        throw new NoSuchFileException("canvas");
    }

    @FlameCall(pool = "thumbs", await = true)
    public void fall() {
        Runtime.getRuntime().halt(3);
    }

    /** Another bean, whose call is made on the runner already. */
    @Service
    public static class Canvas {
        private final Probe probe;

        public Canvas(Probe probe) {
            this.probe = probe;
        }

        @FlameCall("thumbs")
        public Map<String, String> facts() {
            return probe.facts();
        }
    }
}
