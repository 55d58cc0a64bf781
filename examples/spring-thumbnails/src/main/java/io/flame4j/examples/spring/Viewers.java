package io.flame4j.examples.spring;

import io.flame4j.spring.ConditionalOnFlameParent;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends what becomes of an album to the pages that watch it, as server-sent events. Each has a thread of its own: one that reads slowly
 * keeps nobody else waiting. The id of an event is the number of the last change in it, so a page that reconnects goes on from there.
 */
@Component
@ConditionalOnFlameParent
class Viewers implements DisposableBean {

    /** A page that went away is noticed when something is sent to it. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Viewers.class);
    private static final long RECONNECT_MILLIS = 1_000;
    private static final long NO_TIMEOUT = 0;

    private final Limits limits;
    private final Semaphore places;
    private final ThreadPoolExecutor senders;

    Viewers(Limits limits) {
        this.limits = limits;
        this.places = new Semaphore(limits.viewers());
        // Bounded by the places: a page that has seen its end may come back before its thread is free for another one.
        this.senders = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>());
    }

    /**
     * Shows an album from a change on.
     *
     * @throws Refusal when too many pages watch albums
     */
    SseEmitter show(Album album, long since) {
        if (!places.tryAcquire()) {
            throw new Refusal(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "%d pages watch albums, which is the most: close another one, and reload this."
                            .formatted(limits.viewers()));
        }
        SseEmitter emitter = new SseEmitter(NO_TIMEOUT);
        try {
            senders.execute(() -> send(album, since, emitter));
        } catch (RejectedExecutionException e) {
            places.release();
            throw new Refusal(
                    HttpStatus.SERVICE_UNAVAILABLE, "The application ends: reload this page when it runs again.");
        }
        return emitter;
    }

    private void send(Album album, long since, SseEmitter emitter) {
        try {
            sendUntilTheEnd(album, since, emitter);
        } catch (IOException | IllegalStateException e) {
            // The page went away, and the server has been told of it where it was found out.
            LOG.debug("A page that watched an album went away", e);
        } catch (InterruptedException e) {
            // The application ends.
            Thread.currentThread().interrupt();
        } finally {
            // Before the page sees the end, so that it finds a place when it comes back at once.
            places.release();
            complete(emitter);
        }
    }

    private static void complete(SseEmitter emitter) {
        try {
            emitter.complete();
        } catch (IllegalStateException e) {
            LOG.debug("The server has ended what was sent to a page that went away", e);
        }
    }

    private static void sendUntilTheEnd(Album album, long since, SseEmitter emitter)
            throws IOException, InterruptedException {
        emitter.send(SseEmitter.event().reconnectTime(RECONNECT_MILLIS));
        Album.News news = album.since(since);
        while (true) {
            emitter.send(event(news));
            if (news.end() != Album.End.NOT_YET) {
                break;
            }
            news = album.await(news.last(), SIGN_OF_LIFE);
        }
        if (news.end() == Album.End.FINISHED) {
            emitter.send(SseEmitter.event().name("end").data(""));
        }
    }

    private static SseEmitter.SseEventBuilder event(Album.News news) {
        return news.pictures().isEmpty()
                ? SseEmitter.event().comment("still here")
                : SseEmitter.event()
                        .id(Long.toString(news.last()))
                        .name("pictures")
                        .data(news.pictures(), MediaType.APPLICATION_JSON);
    }

    /** How many pages are sent to. */
    int count() {
        return limits.viewers() - places.availablePermits();
    }

    @Override
    public void destroy() {
        senders.shutdownNow();
    }
}
