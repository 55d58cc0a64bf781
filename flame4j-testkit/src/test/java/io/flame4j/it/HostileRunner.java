package io.flame4j.it;

import io.flame4j.RunnerLostException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Starts runners that prove themselves as they should, and answer calls as they please. */
final class HostileRunner implements Backend {

    /** Answers a call on a connection that is good so far. */
    interface Answer {
        void to(int sequence, SocketChannel slot) throws IOException;
    }

    /** Says something over the control connection once it has been welcomed. */
    interface Talk {
        void over(SocketChannel control) throws IOException;
    }

    private final Answer answer;
    private final Talk talk;

    HostileRunner(Answer answer) {
        this(answer, control -> {});
    }

    HostileRunner(Answer answer, Talk talk) {
        this.answer = answer;
        this.talk = talk;
    }

    @Override
    public String name() {
        return "hostile";
    }

    @Override
    public ListenAt listenAt() {
        return ListenAt.loopback();
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) {
        Life life = new Life(Tickets.of(spec), answer, talk);
        Thread thread = new Thread(life, "hostile-" + spec.runnerId());
        thread.setDaemon(true);
        thread.start();
        return life;
    }

    @Override
    public void close() {}

    private static final class Life implements RunnerHandle, Runnable {

        private final BootTicket ticket;
        private final Answer answer;
        private final Talk talk;
        private final CompletableFuture<RunnerExit> exit = new CompletableFuture<>();
        private final ConcurrentLinkedQueue<SocketChannel> open = new ConcurrentLinkedQueue<>();
        private volatile boolean killed;

        private Life(BootTicket ticket, Answer answer, Talk talk) {
            this.ticket = ticket;
            this.answer = answer;
            this.talk = talk;
        }

        @Override
        public void run() {
            try {
                SocketChannel control = dial(new Hello.Control(
                        ticket.runnerId(), ticket.token(), ticket.version(), ticket.javaVersion(), 0));
                byte[] slotKey = welcome(control);
                SocketChannel first = dial(new Hello.Slot(ticket.runnerId(), 0, 0, slotKey));
                talk.over(control);
                serve(first);
                for (int generation = 1; !killed; generation++) {
                    serve(dial(new Hello.Slot(ticket.runnerId(), 0, generation, slotKey)));
                }
            } catch (IOException e) {
                // The parent has had enough of it.
            } finally {
                kill();
            }
        }

        private SocketChannel dial(Hello hello) throws IOException {
            SocketChannel channel = ticket.address().connect();
            open.add(channel);
            channel.write(hello.encode());
            if (killed) {
                channel.close();
            }
            return channel;
        }

        private static byte[] welcome(SocketChannel control) throws IOException {
            ByteBuffer in = ByteBuffer.allocate(4096);
            while (true) {
                if (control.read(in) < 0) {
                    throw new EOFException();
                }
                in.flip();
                if (ControlFrame.decode(in) instanceof ControlFrame.Welcome welcome) {
                    return welcome.slotKey();
                }
                in.compact();
            }
        }

        private void serve(SocketChannel slot) {
            try (slot) {
                while (true) {
                    ByteBuffer header = read(slot, 16);
                    read(slot, (int) header.getLong(8));
                    answer.to(header.getInt(4), slot);
                }
            } catch (IOException e) {
                // Closed by the parent; on to the next.
            } finally {
                open.remove(slot);
            }
        }

        private static ByteBuffer read(SocketChannel channel, int count) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(count);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new EOFException();
                }
            }
            return bytes.flip();
        }

        @Override
        public String description() {
            return "a hostile runner";
        }

        @Override
        public CompletionStage<RunnerExit> exit() {
            return exit;
        }

        @Override
        public void kill() {
            killed = true;
            for (SocketChannel channel : open) {
                try {
                    channel.close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
            exit.complete(
                    new RunnerExit(RunnerLostException.Reason.EXITED, "ended", OptionalInt.empty(), List.of(), false));
        }
    }
}
