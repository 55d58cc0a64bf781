package io.flame4j.testkit.kubernetes.internal.http;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection: requests one after the other, and then, perhaps, a stream for the rest of its life.
 *
 * <p>The server's thread of the connection reads. Until there is a stream it writes, too; then the thread of the stream
 * does, and the monitor of {@link #out} keeps the answers to pings out of its messages.
 */
final class Connection implements Exchange {

    private static final String WEB_SOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FINAL = 0x80;
    private static final int OPCODE = 0x0F;
    private static final int LENGTH = 0x7F;
    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;
    private static final int MASK_BYTES = 4;
    private static final int MAX_FRAME = 1024 * 1024;

    private final HttpServer server;
    private final Socket socket;
    private final HttpServer.Handler handler;
    private final DataInputStream in;
    private final OutputStream out;

    /** The request that is being handled; only for the thread of the connection. */
    private @Nullable HttpRequest current;

    private volatile boolean streaming;
    private volatile @Nullable Thread streamThread;

    Connection(HttpServer server, Socket socket, HttpServer.Handler handler) throws IOException {
        this.server = server;
        this.socket = socket;
        this.handler = handler;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new BufferedOutputStream(socket.getOutputStream());
    }

    boolean isStreaming() {
        return streaming;
    }

    void serve() {
        try {
            HttpReader reader = new HttpReader(in);
            for (HttpRequest request = reader.next(); request != null; request = reader.next()) {
                current = request;
                handler.handle(request, this);
                if (streaming) {
                    awaitEndOfStream(request.wantsWebSocket());
                    return;
                }
                if (!request.keepsAlive()) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client is gone, or this was cut: nobody is left to be told.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void answer(int status, Map<String, String> headers, String type, byte[] body) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", type);
        all.put("Content-Length", Integer.toString(body.length));
        synchronized (out) {
            head(status, all);
            out.write(body);
            out.flush();
        }
    }

    @Override
    public void stream(Source source) throws IOException {
        HttpRequest request = current;
        if (request == null) {
            throw new IllegalStateException("There is no request.");
        }
        boolean webSocket = request.wantsWebSocket();
        try {
            begin(request, webSocket);
        } catch (IOException e) {
            source.close();
            throw e;
        }
        if (!server.start("stream", () -> pump(source, webSocket))) {
            source.close();
        }
    }

    private void begin(HttpRequest request, boolean webSocket) throws IOException {
        synchronized (out) {
            if (webSocket) {
                head(
                        101,
                        Map.of(
                                "Upgrade", "websocket",
                                "Connection", "Upgrade",
                                "Sec-WebSocket-Accept", accept(request.header("Sec-WebSocket-Key"))));
            } else {
                head(200, Map.of("Content-Type", "application/json", "Transfer-Encoding", "chunked"));
            }
            // A client that has read the head must find a stream that can be cut.
            streaming = true;
            out.flush();
        }
    }

    @Override
    public void cut() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("A connection cannot be closed: " + e.getMessage(), e);
        }
        Thread thread = streamThread;
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void head(int status, Map<String, String> headers) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" -\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    // The thread of the stream

    private void pump(Source source, boolean webSocket) {
        streamThread = Thread.currentThread();
        try (source) {
            // Cut before there was a thread to interrupt?
            while (!socket.isClosed()) {
                byte[] message = source.take();
                if (message.length == 0) {
                    end(webSocket);
                    return;
                }
                synchronized (out) {
                    if (webSocket) {
                        frame(TEXT, message);
                    } else {
                        chunk(message);
                    }
                    out.flush();
                }
            }
        } catch (IOException e) {
            // The client is gone; the thread that reads notices, too.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cut();
        }
    }

    private void end(boolean webSocket) throws IOException {
        synchronized (out) {
            if (webSocket) {
                frame(CLOSE, new byte[] {3, (byte) 232}); // 1000, a normal end
            } else {
                out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
            out.flush();
        }
    }

    private void chunk(byte[] message) throws IOException {
        out.write((Integer.toHexString(message.length + 1) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.write(message);
        out.write("\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    private void frame(int opcode, byte[] message) throws IOException {
        out.write(FINAL | opcode);
        if (message.length < SHORT_LENGTH) {
            out.write(message.length);
        } else if (message.length <= 0xFFFF) {
            out.write(SHORT_LENGTH);
            out.write(message.length >>> 8);
            out.write(message.length);
        } else {
            out.write(LONG_LENGTH);
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.write((int) ((long) message.length >>> shift));
            }
        }
        out.write(message);
    }

    // The thread of the connection, while there is a stream

    private void awaitEndOfStream(boolean webSocket) throws IOException {
        if (!webSocket) {
            while (in.read() >= 0) {
                // A client has nothing to say here.
            }
            return;
        }
        while (true) {
            int opcode = in.readUnsignedByte() & OPCODE;
            byte[] message = clientFrame();
            if (opcode == CLOSE || opcode == PING) {
                synchronized (out) {
                    frame(opcode == PING ? PONG : CLOSE, message);
                    out.flush();
                }
            }
            if (opcode == CLOSE) {
                return;
            }
        }
    }

    private byte[] clientFrame() throws IOException {
        long length = in.readUnsignedByte() & LENGTH;
        if (length == SHORT_LENGTH) {
            length = in.readUnsignedShort();
        } else if (length == LONG_LENGTH) {
            length = in.readLong();
        }
        if (length < 0 || length > MAX_FRAME) {
            throw new IOException("a frame of " + length + " bytes");
        }
        byte[] mask = in.readNBytes(MASK_BYTES);
        byte[] message = in.readNBytes((int) length);
        if (mask.length < MASK_BYTES || message.length < length) {
            throw new IOException("a frame that is not whole");
        }
        for (int i = 0; i < message.length; i++) {
            message[i] ^= mask[i % MASK_BYTES];
        }
        return message;
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1"); // as RFC 6455 has it
            return Base64.getEncoder()
                    .encodeToString(sha1.digest((key + WEB_SOCKET_GUID).getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
