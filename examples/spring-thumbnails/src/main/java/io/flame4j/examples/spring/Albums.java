package io.flame4j.examples.spring;

import io.flame4j.examples.thumbnails.Thumbnails;
import io.flame4j.spring.ConditionalOnFlameParent;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.multipart.MultipartFile;

/** The albums that are kept: in memory, and only the latest. */
@Service
@ConditionalOnFlameParent
class Albums {

    private static final int LONGEST_NAME = 120;
    private static final int SAMPLES = 24;

    private final Limits limits;
    private final Developer developer;
    private final Map<String, Album> kept = new LinkedHashMap<>();

    Albums(Limits limits, Developer developer) {
        this.limits = limits;
        this.developer = developer;
    }

    /**
     * Begins an album; its pictures are developed from now on.
     *
     * @throws Refusal when this is too much
     */
    Album begin(List<MultipartFile> files) throws IOException {
        check(files);
        Album album = new Album();
        files.forEach(file -> album.add(album.size(), name(file)));
        // Before a file is read: what waits in memory is bounded by the albums and the size of an upload.
        keep(album);
        try {
            for (int number = 0; number < files.size(); number++) {
                developer.develop(album, number, files.get(number).getBytes());
            }
        } catch (IOException | RuntimeException e) {
            forget(album);
            throw e;
        }
        return album;
    }

    /**
     * Begins an album of sample pictures; the last two are damaged on purpose.
     *
     * @throws Refusal when this is too much
     */
    Album beginSamples() {
        Album album = new Album();
        for (int number = 0; number < SAMPLES; number++) {
            album.add(number, "sample " + (number + 1));
        }
        keep(album);
        for (int number = 0; number < SAMPLES; number++) {
            developer.developSample(album, number, Thumbnails.SAMPLES - SAMPLES + number + 1);
        }
        return album;
    }

    private void check(List<MultipartFile> files) {
        if (files.isEmpty()) {
            throw new Refusal(HttpStatus.BAD_REQUEST, "There is no file in this upload: choose at least one.");
        }
        if (files.size() > limits.files()) {
            throw new Refusal(
                    HttpStatus.CONTENT_TOO_LARGE,
                    "These are %d files, and %d are the most at a time: upload them in several parts."
                            .formatted(files.size(), limits.files()));
        }
    }

    /** What a browser sends is a name, and what others send may be a path, or anything. */
    private static String name(MultipartFile file) {
        String sent = String.valueOf(file.getOriginalFilename());
        String name = sent.substring(Math.max(sent.lastIndexOf('/'), sent.lastIndexOf('\\')) + 1);
        return name.isBlank() ? "no name" : name.substring(0, Math.min(LONGEST_NAME, name.length()));
    }

    synchronized void keep(Album album) {
        Iterator<Album> oldest = kept.values().iterator();
        while (kept.size() >= limits.albums() && oldest.hasNext()) {
            if (oldest.next().isFinished()) {
                oldest.remove();
            }
        }
        if (kept.size() >= limits.albums()) {
            throw new Refusal(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "%d albums are being developed, which is the most: try again when one is done."
                            .formatted(kept.size()));
        }
        kept.put(album.id(), album);
    }

    private synchronized void forget(Album album) {
        album.close();
        kept.remove(album.id());
    }

    /**
     * An album that is kept.
     *
     * @throws Refusal when there is none
     */
    synchronized Album get(String id) {
        Album album = kept.get(id);
        if (album == null) {
            throw new Refusal(
                    HttpStatus.NOT_FOUND,
                    "This album is not here any more, only the last %d are: upload its files again."
                            .formatted(limits.albums()));
        }
        return album;
    }

    /** Comes before the web server waits for its last answers, which are those to the pages that watch albums. */
    @EventListener(ContextClosedEvent.class)
    synchronized void close() {
        developer.stop();
        kept.values().forEach(Album::close);
    }
}
