package io.flame4j.examples.kubernetes;

import io.flame4j.FlamePool;
import io.flame4j.FlameRunner;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the service and stops it on SIGTERM: requests first, then the runners. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    /** A new node and a first pull of the image can take a while. */
    private static final Duration BOOT = Duration.ofMinutes(2);

    private static final Duration FINISH = Duration.ofSeconds(25);

    private Main() {}

    /**
     * Runs the service until the process is told to end.
     *
     * @param args none; {@link Settings} lists the environment variables
     * @throws IOException when the port cannot be had
     */
    public static void main(String[] args) throws IOException {
        // Only needed where runners start with this main: with Entrypoint.IMAGE or Entrypoint.PARENT.
        FlameRunner.runIfRunner();
        Settings settings = Settings.of(System.getenv());
        FlamePool pool = openPool(settings);
        try {
            HttpService service = HttpService.start(settings, new PictureService(pool));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(service, pool, settings), "stop"));
            LOG.info("Listening on {}, runners: {}", service.address(), settings.backend());
        } catch (BindException e) {
            pool.close();
            throw new IOException("Nobody can listen on " + settings.host() + ":" + settings.port() + ": " + e, e);
        }
    }

    private static FlamePool openPool(Settings settings) {
        return FlamePool.builder("thumbnails")
                .backend(Backends.of(settings))
                .max(settings.maxRunners())
                .maxConcurrency(2)
                .maxQueued(100)
                .bootTimeout(BOOT)
                .timeout(BOOT.plusSeconds(30))
                .idleShutdownAfter(settings.idle())
                // The hook below closes it when the last request has its picture.
                .shutdownHook(false)
                .build();
    }

    private static void stop(HttpService service, FlamePool pool, Settings settings) {
        LOG.info("Stopping");
        try {
            service.stop(settings.drain(), FINISH);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            pool.close();
        }
        LOG.info("Stopped; no runner is left");
    }
}
