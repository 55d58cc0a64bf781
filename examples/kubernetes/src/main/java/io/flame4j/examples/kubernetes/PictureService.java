package io.flame4j.examples.kubernetes;

import io.flame4j.CallOptions;
import io.flame4j.CallTimeoutException;
import io.flame4j.FlameException;
import io.flame4j.FlamePool;
import io.flame4j.RemoteTask;
import io.flame4j.examples.kubernetes.PictureTasks.Made;
import io.flame4j.examples.thumbnails.BadPictureException;
import io.flame4j.examples.thumbnails.Thumbnails;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the service does for its users. Thread-safe. */
final class PictureService {

    /** What is larger is hardly a picture. */
    static final int LARGEST = 32 << 20;

    private static final int LARGEST_SIZE = 2000;
    private static final Logger LOG = LoggerFactory.getLogger(PictureService.class);

    // Making a picture twice does no harm: when its runner is lost, another one may try.
    private static final CallOptions OPTIONS = CallOptions.defaults().retries(1);

    private final FlamePool pool;
    private final Gallery gallery = new Gallery();

    PictureService(FlamePool pool) {
        this.pool = pool;
    }

    Response page() {
        return Response.html(Page.of(pool.stats(), gallery.made(), gallery.latest()));
    }

    /** A picture that was made before. */
    Response picture(String number) {
        Optional<Gallery.Entry> entry = positive(number, Integer.MAX_VALUE).flatMap(gallery::find);
        return entry.map(found -> Response.picture(found.made()))
                .orElseGet(() -> Response.text(404, "There is no picture " + number + " here any more"));
    }

    /** Makes a thumbnail on a runner. */
    Response thumbnail(InputStream body, Optional<String> longest) throws IOException {
        Optional<Integer> size =
                longest.map(text -> positive(text, LARGEST_SIZE)).orElse(Optional.of(Thumbnails.DEFAULT_SIZE));
        if (size.isEmpty()) {
            return Response.text(400, "size must be a number from 1 to " + LARGEST_SIZE);
        }
        byte[] picture = body.readNBytes(LARGEST + 1);
        if (picture.length > LARGEST) {
            return Response.text(413, "The picture is too large: " + (LARGEST >> 20) + " MiB are the most");
        }
        int wanted = size.get();
        return make(() -> PictureTasks.thumbnail(picture, wanted));
    }

    /** Renders a sample picture on a runner. */
    Response sample(String number) {
        Optional<Integer> which = positive(number, Thumbnails.SAMPLES);
        if (which.isEmpty()) {
            return Response.text(404, "Samples are numbered from 1 to " + Thumbnails.SAMPLES);
        }
        int wanted = which.get();
        return make(() -> PictureTasks.sample(wanted));
    }

    private Response make(RemoteTask<Made, Exception> task) {
        try {
            Made made = pool.call(task, OPTIONS);
            gallery.add(made);
            return Response.picture(made);
        } catch (BadPictureException e) {
            return Response.text(422, "This is no picture that can be read: " + e.getMessage());
        } catch (CallTimeoutException e) {
            LOG.warn("A picture took too long", e);
            return Response.text(504, String.valueOf(e.getMessage()));
        } catch (FlameException e) {
            // No runner could be had, or none survived. Another try may fare better.
            LOG.warn("A picture was not made", e);
            return Response.text(503, String.valueOf(e.getMessage())).with("Retry-After", "5");
        } catch (Exception e) {
            LOG.error("A picture was not made", e);
            return Response.text(500, "The picture was not made; the log says why");
        }
    }

    private static Optional<Integer> positive(String text, int most) {
        try {
            int value = Integer.parseInt(text);
            return value >= 1 && value <= most ? Optional.of(value) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
