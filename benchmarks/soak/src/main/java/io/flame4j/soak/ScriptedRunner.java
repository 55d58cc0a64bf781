package io.flame4j.soak;

import io.flame4j.RunnerLostException;
import io.flame4j.backend.Backend;
import io.flame4j.backend.ListenAt;
import io.flame4j.backend.RunnerExit;
import io.flame4j.backend.RunnerHandle;
import io.flame4j.backend.RunnerSpec;
import io.flame4j.internal.wire.BootTicket;
import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Starts runners with one slot that prove themselves as they should, and answer each call with any bytes. */
final class ScriptedRunner implements Backend {

    private final Supplier<IntFunction<byte[]>> scripts;

    /** Each runner gets a script, which answers by the sequence number of the call. */
    ScriptedRunner(Supplier<IntFunction<byte[]>> scripts) {
        this.scripts = scripts;
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public ListenAt listenAt() {
        return ListenAt.loopback();
    }

    @Override
    public RunnerHandle start(RunnerSpec spec) {
        Life life = new Life(
                BootTicket.parse(
                        spec.environment().getOrDefault(RunnerSpec.PARENT_VARIABLE, ""),
                        spec.environment().getOrDefault(RunnerSpec.TOKEN_VARIABLE, "")),
                scripts.get());
        Thread thread = new Thread(life, "scripted-" + spec.runnerId());
        thread.setDaemon(true);
        thread.start();
        return life;
    }

    @Override
    public void close() {
        // Runners end by themselves.
    }

    private static final class Life implements RunnerHandle, Runnable {

        private final BootTicket ticket;
        private final IntFunction<byte[]> answers;
        private final CompletableFuture<RunnerExit> exit = new CompletableFuture<>();
        private final ConcurrentLinkedQueue<SocketChannel> open = new ConcurrentLinkedQueue<>();
        private volatile boolean killed;

        private Life(BootTicket ticket, IntFunction<byte[]> answers) {
            this.ticket = ticket;
            this.answers = answers;
        }

        @Override
        public void run() {
            try {
                SocketChannel control = dial(new Hello.Control(
                        ticket.runnerId(), ticket.token(), ticket.version(), ticket.javaVersion(), 0));
                byte[] slotKey = welcome(control);
                Thread orders = new Thread(() -> drain(control), "scripted-orders");
                orders.setDaemon(true);
                orders.start();
                for (int generation = 0; !killed; generation++) {
                    serve(dial(new Hello.Slot(ticket.runnerId(), 0, generation, slotKey)));
                }
            } catch (IOException e) {
                // The parent has had enough of it.
            } finally {
                kill();
            }
        }

        private SocketChannel dial(Hello hello) throws IOException {
            SocketChannel channel = SocketChannel.open(ticket.address().toSocketAddress());
            open.add(channel);
            ByteBuffer bytes = hello.encode();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
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

        private void drain(SocketChannel control) {
            ByteBuffer orders = ByteBuffer.allocate(4096);
            try {
                while (control.read(orders.clear()) >= 0) {
                    // It does as it likes.
                }
            } catch (IOException e) {
                // Closed.
            }
            kill();
        }

        private void serve(SocketChannel slot) {
            try (slot) {
                while (true) {
                    ByteBuffer header = read(slot, 16);
                    read(slot, (int) header.getLong(8));
                    ByteBuffer answer = ByteBuffer.wrap(answers.apply(header.getInt(4)));
                    boolean whole = isWhole(answer, header.getInt(4));
                    while (answer.hasRemaining()) {
                        slot.write(answer);
                    }
                    if (!whole) {
                        // Or the parent would wait for the rest until its deadline, and rightly so.
                        return;
                    }
                }
            } catch (IOException e) {
                // Closed by the parent; on to the next.
            } finally {
                open.remove(slot);
            }
        }

        private static boolean isWhole(ByteBuffer answer, int sequence) {
            return answer.remaining() >= 16
                    && (answer.get(0) == Protocol.RESULT || answer.get(0) == Protocol.FAILURE)
                    && answer.getInt(4) == sequence
                    && answer.getLong(8) == answer.remaining() - 16;
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
            return "a scripted runner";
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
                    throw new UncheckedIOException(e);
                }
            }
            exit.complete(
                    new RunnerExit(RunnerLostException.Reason.EXITED, "ended", OptionalInt.empty(), List.of(), false));
        }
    }
}
