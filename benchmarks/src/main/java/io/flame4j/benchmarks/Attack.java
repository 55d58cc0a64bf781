package io.flame4j.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** Somebody at the port for runners who does not belong there, on one thread of this process. */
final class Attack implements Closeable {

    /** What he does. */
    enum Kind {
        NOBODY,
        /** Connects and hangs up, as fast as he can. */
        SCAN,
        /** Keeps 1,000 connections open that say nothing, and opens another for each that is closed. */
        SLOW_LORIS,
        /** Sends 64 KiB of noise on each connection. */
        GARBAGE
    }

    private static final int HELD = 1_000;

    /** Between looking at two connections that are held. */
    private static final long PAUSE_NANOS = 50_000;

    private final Kind kind;
    private final InetSocketAddress target;
    private final Thread thread;
    private final Deque<SocketChannel> held = new ArrayDeque<>();
    private volatile boolean over;
    private volatile long connections;

    private Attack(Kind kind, int port) {
        this.kind = kind;
        this.target = new InetSocketAddress("127.0.0.1", port);
        this.thread = new Thread(this::run, "attack-" + kind);
        thread.setDaemon(true);
    }

    static Attack begin(Kind kind, int port) {
        Attack attack = new Attack(kind, port);
        if (kind != Kind.NOBODY) {
            attack.thread.start();
        }
        return attack;
    }

    /** How many connections he has made. */
    long connections() {
        return connections;
    }

    private void run() {
        Random random = new Random(1);
        byte[] noise = new byte[64 << 10];
        random.nextBytes(noise);
        while (!over) {
            try {
                once(noise);
            } catch (IOException e) {
                // Refused, or closed on him: that is what it is for.
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the one thread
    private void once(byte[] noise) throws IOException {
        if (kind == Kind.SLOW_LORIS && held.size() >= HELD) {
            SocketChannel oldest = held.remove();
            if (isOpen(oldest)) {
                held.add(oldest);
                LockSupport.parkNanos(PAUSE_NANOS);
                return;
            }
            oldest.close();
        }
        SocketChannel channel = SocketChannel.open(target);
        connections++;
        if (kind == Kind.SLOW_LORIS) {
            channel.configureBlocking(false);
            held.add(channel);
            return;
        }
        try (channel) {
            if (kind == Kind.GARBAGE) {
                channel.write(ByteBuffer.wrap(noise));
            }
        }
    }

    /** Whether it is still open. */
    private static boolean isOpen(SocketChannel channel) {
        try {
            return channel.read(ByteBuffer.allocate(1)) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SocketChannel channel : held) {
            channel.close();
        }
    }
}
