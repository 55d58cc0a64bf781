package io.flame4j.kubernetes.internal.api;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One watch: a connection over which the server tells what changes. It is the answer to a plain request, line by line, as
 * for all clients in Go. A WebSocket, which fabric8's own watches use, is the second choice, for test servers that know
 * nothing else: the JDK's does not notice when its connection breaks at the moment it opens.
 *
 * <p>Its listener is called on threads of the HTTP client, one call at a time, and holds up nothing. At most one piece of
 * what was received waits for {@link #more()}.
 */
final class WatchChannel {

    /** What happens on a channel: at most once opened, messages, and once ended. */
    interface Listener {
        void opened(WatchChannel channel);

        /** One event as JSON. After it was dealt with, {@link #more()} is to be called. */
        void message(WatchChannel channel, String json);

        /**
         * It is over.
         *
         * @param refusal what the server answered instead of events; null when there were events
         * @param failure how the connection broke; null when it was closed in order
         */
        void ended(WatchChannel channel, @Nullable ApiAnswer refusal, @Nullable Throwable failure);
    }

    private static final int MAX_EVENT = 8 << 20;
    private static final int NORMAL_CLOSURE = 1000;
    private static final int GOING_AWAY = 1001;
    private static final int WITHOUT_CODE = 1005;
    private static final int SWITCHING = 101;

    /** How servers answer who do not know such a plain request: among them those that want an upgrade. */
    private static final Set<Integer> NOT_PLAIN = Set.of(400, 404, 405, 426, 501);

    private final ApiTransport transport;
    private final ApiCall call;
    private final Duration limit;
    private final Listener listener;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean closed;
    private volatile @Nullable WebSocket socket;
    private volatile @Nullable Lines lines;

    WatchChannel(ApiTransport transport, ApiCall call, Duration limit, Listener listener) {
        this.transport = transport;
        this.call = call;
        this.limit = limit;
        this.listener = listener;
    }

    void open() {
        URI uri = transport.uri(call);
        Lines reader = new Lines(uri);
        lines = reader;
        try {
            HttpRequest request = transport
                    .http()
                    .newHttpRequestBuilder()
                    .uri(uri)
                    .method("GET", null, null)
                    .setHeader("Accept", "application/json")
                    .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .build();
            transport.http().consumeBytes(request, reader).whenComplete((response, failure) -> {
                if (failure == null) {
                    reader.begin(response);
                } else if (Verdict.ofFailure(failure).perhapsDone() && !isTimeout(failure)) {
                    openSocket(uri, null, failure);
                } else {
                    end(null, failure);
                }
            });
        } catch (RuntimeException e) {
            end(null, e);
        }
    }

    private static boolean isTimeout(Throwable failure) {
        return failure instanceof HttpTimeoutException || failure.getCause() instanceof HttpTimeoutException;
    }

    /** Tries it with a WebSocket; when that fails, too, it ends in the way in which the plain request did. */
    private void openSocket(URI uri, @Nullable ApiAnswer refusal, @Nullable Throwable plainFailure) {
        lines = null;
        if (closed) {
            return;
        }
        try {
            transport
                    .http()
                    .newWebSocketBuilder()
                    .setHeader("Origin", transport.server())
                    .uri(uri)
                    .connectTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                    .buildAsync(new Frames())
                    .whenComplete((opened, failure) -> {
                        if (failure != null) {
                            end(refusal, plainFailure);
                        } else if (closed) {
                            opened.sendClose(NORMAL_CLOSURE, null);
                        }
                    });
        } catch (RuntimeException e) {
            end(refusal, plainFailure);
        }
    }

    /** The last message was dealt with. */
    void more() {
        WebSocket open = socket;
        Lines reader = lines;
        if (reader != null) {
            reader.more();
        } else if (open != null) {
            open.request();
        }
    }

    /** Ends it without telling the listener. */
    void close() {
        closed = true;
        ended.set(true);
        WebSocket open = socket;
        Lines reader = lines;
        if (reader != null) {
            reader.cancel();
        }
        if (open != null) {
            open.sendClose(NORMAL_CLOSURE, null);
        }
    }

    private void message(String json) {
        if (!ended.get()) {
            listener.message(this, json);
        }
    }

    private void end(@Nullable ApiAnswer refusal, @Nullable Throwable failure) {
        if (ended.compareAndSet(false, true)) {
            listener.ended(this, refusal, failure);
        }
    }

    /** What comes over a WebSocket. */
    private final class Frames implements WebSocket.Listener {

        @Override
        public void onOpen(WebSocket opened) {
            socket = opened;
            if (!ended.get()) {
                listener.opened(WatchChannel.this);
            }
        }

        @Override
        public void onMessage(WebSocket from, String text) {
            socket = from;
            message(text);
        }

        @Override
        public void onMessage(WebSocket from, ByteBuffer bytes) {
            socket = from;
            message(StandardCharsets.UTF_8.decode(bytes).toString());
        }

        @Override
        public void onClose(WebSocket from, int code, String reason) {
            boolean inOrder = code == NORMAL_CLOSURE || code == GOING_AWAY || code == WITHOUT_CODE;
            end(null, inOrder ? null : new IOException("closed with code " + code));
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            end(null, failure);
        }
    }

    /** What comes as the answer to a plain request. Its monitor guards its fields; the listener is called outside. */
    private final class Lines implements AsyncBody.Consumer<List<ByteBuffer>> {

        private final URI uri;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private @Nullable AsyncBody body;
        private boolean refused;
        private int unread;

        Lines(URI uri) {
            this.uri = uri;
        }

        void begin(HttpResponse<AsyncBody> response) {
            synchronized (this) {
                body = response.body();
                refused = !response.isSuccessful();
            }
            if (closed) {
                response.body().cancel();
                return;
            }
            if (response.code() == SWITCHING) {
                response.body().cancel();
                openSocket(uri, answer(response), null);
                return;
            }
            if (response.isSuccessful()) {
                listener.opened(WatchChannel.this);
            }
            response.body().done().whenComplete((nothing, failure) -> done(response, failure));
            response.body().consume();
        }

        private void done(HttpResponse<?> response, @Nullable Throwable failure) {
            if (failure != null || response.isSuccessful()) {
                end(null, failure);
            } else if (NOT_PLAIN.contains(response.code())) {
                openSocket(uri, answer(response), null);
            } else {
                end(answer(response), null);
            }
        }

        private synchronized ApiAnswer answer(HttpResponse<?> response) {
            return new ApiAnswer(
                    response.code(), line.toString(StandardCharsets.UTF_8), ApiTransport.retryAfter(response));
        }

        @Override
        public void consume(List<ByteBuffer> chunks, AsyncBody from) {
            List<String> complete = new ArrayList<>();
            boolean tooLong;
            synchronized (this) {
                for (ByteBuffer chunk : chunks) {
                    split(chunk, complete);
                }
                tooLong = line.size() > MAX_EVENT;
                unread += complete.size();
            }
            if (tooLong) {
                from.cancel();
                end(null, new IOException("an event is longer than " + MAX_EVENT + " bytes"));
            } else if (complete.isEmpty()) {
                from.consume();
            } else {
                complete.forEach(WatchChannel.this::message);
            }
        }

        private void split(ByteBuffer chunk, List<String> complete) {
            while (chunk.hasRemaining()) {
                byte next = chunk.get();
                if (next != '\n' || refused) {
                    line.write(next);
                } else if (line.size() > 0) {
                    complete.add(line.toString(StandardCharsets.UTF_8));
                    line.reset();
                }
            }
        }

        void more() {
            AsyncBody ready;
            synchronized (this) {
                unread--;
                ready = unread == 0 ? body : null;
            }
            if (ready != null) {
                ready.consume();
            }
        }

        void cancel() {
            AsyncBody open;
            synchronized (this) {
                open = body;
            }
            if (open != null) {
                open.cancel();
            }
        }
    }
}
