package io.flame4j.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import io.flame4j.internal.wire.Protocol;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slot that several give up on at a time is free again once, for one. */
class RunnerSlotsTest {

    private final List<ControlFrame> sent = new ArrayList<>();
    private final List<Boolean> recovered = new ArrayList<>();
    private final RunnerSlots slots = new RunnerSlots(() -> 0, 1000, sent::add, recovered::add);
    private Slot slot;

    @BeforeEach
    void takeTheFirst() throws Exception {
        dial(0);
        slot = slots.take(0);
        assertThat(slot).isNotNull();
    }

    /** The runner dials the slot. */
    private void dial(int generation) throws IOException {
        slots.attach(new Hello.Slot("r-1", 0, generation, new byte[Protocol.SECRET_LENGTH]), SocketChannel.open());
    }

    @Test
    void aConnectionThatWasCutBeforeItsFirstUseIsFoundDead() throws Exception {
        try (ServerSocketChannel parent =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            SocketChannel runner = SocketChannel.open(parent.getLocalAddress());
            Slot.Line line = new Slot.Line(0, 1, parent.accept(), 1000);
            assertThat(line.isDead(1, 10)).isFalse();
            runner.close();
            await().untilAsserted(() -> assertThat(line.isDead(1, 10)).isTrue());
            line.used(1);
            assertThat(line.isDead(2, 10)).as("not looked at").isFalse();
        }
    }

    /** The thread that is to read it may be late; the end of the connection wakes it if there is nothing. */
    @Test
    void whatARunnerSentBeforeItsEndIsReadByTheCallItIsFor() throws Exception {
        try (ServerSocketChannel parent =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            SocketChannel runner = SocketChannel.open(parent.getLocalAddress());
            SocketChannel channel = parent.accept();
            slots.attach(new Hello.Slot("r-1", 0, 1, new byte[Protocol.SECRET_LENGTH]), channel);
            Slot.Line line = slot.line();
            line.begin("a call", Slot.NEVER);
            runner.write(ByteBuffer.allocate(16).put(0, (byte) Protocol.RESULT));
            runner.close();

            assertThat(slots.closeUnused()).as("a call is on a connection").isTrue();

            line.connection().receive();
            assertThat(line.connection().type()).isEqualTo(Protocol.RESULT);
            assertThatThrownBy(() -> line.connection().receive()).isInstanceOf(EOFException.class);
            line.end();
            slots.giveBack(slot);
            assertThat(channel.isOpen()).isFalse();
            assertThat(slots.take(0)).isNull();
        }
    }

    @Test
    void theEndClosesWhatNobodyUsesAtOnceAndTheRestWhenItsTimeIsUp() throws Exception {
        SocketChannel channel = SocketChannel.open();
        slots.attach(new Hello.Slot("r-1", 0, 1, new byte[Protocol.SECRET_LENGTH]), channel);
        slot.line().begin("a call", Slot.NEVER);

        assertThat(slots.closeUnused()).isTrue();
        assertThat(channel.isOpen()).isTrue();
        slots.close();
        assertThat(channel.isOpen()).isFalse();

        slot.line().end();
        assertThat(slots.closeUnused()).isFalse();
    }

    @Test
    void aSlotThatWasGivenUpOnIsFreeWhenItIsDialledAnew() throws Exception {
        slots.abandon(slot, slot.line(), true, false);
        assertThat(slots.take(-1)).isNull();
        dial(1);
        assertThat(recovered).containsExactly(false);
        assertThat(slots.take(0)).isSameAs(slot);
    }

    @Test
    void aRunnerThatDialsAgainAndAgainUnaskedIsNotHeard() throws Exception {
        for (int generation = 1; generation <= 100; generation++) {
            dial(generation);
        }
        assertThat(slot.line().generation()).as("2 for each slot and 10").isEqualTo(12);
        slots.abandon(slot, slot.line(), true, false);
        dial(101);
        assertThat(recovered).as("what was asked for is heard").hasSize(1);
    }

    @Test
    void aKeptSlotComesBackToItsHolder() throws Exception {
        slots.abandonKept(slot, slot.line(), true);
        assertThat(slots.awaitBack(slot, -1)).isNull();
        dial(1);
        assertThat(slots.awaitBack(slot, 0)).isSameAs(slot.line());
        assertThat(recovered).isEmpty();
    }

    @Test
    void aCallThatIsCutShortAfterTheHolderLetGoDoesNotKeepTheSlot() throws Exception {
        Slot.Line line = slot.line();
        slots.discard(slot);
        slots.abandonKept(slot, line, true);
        dial(1);
        assertThat(recovered).hasSize(1);
        assertThat(slots.take(0)).isSameAs(slot);
    }

    @Test
    void aHolderThatLetsGoWhileItsSlotIsDialledGetsRidOfIt() throws Exception {
        slots.abandonKept(slot, slot.line(), true);
        slots.discard(slot);
        dial(1);
        assertThat(recovered).isEmpty();
        assertThat(sent.get(sent.size() - 1)).isEqualTo(new ControlFrame.SlotClosed(0, 1, false, true));
        dial(2);
        assertThat(recovered).hasSize(1);
    }

    @Test
    void aRunnerThatDialsBeforeTheSlotIsGivenUpOnIsThatMuchSooner() throws Exception {
        Slot.Line line = slot.line();
        dial(1);
        slots.abandon(slot, line, true, false);
        assertThat(recovered).hasSize(1);
        assertThat(slots.take(0)).isSameAs(slot);
    }

    @Test
    void whoeverHearsOfAFreeSlotIsToldOfItsFormerHolderNotOfTheNext() throws Exception {
        slot.markHeld();
        slots.abandon(slot, slot.line(), true, true);
        dial(1);
        // Taken and held by the next before anybody heard that it is free.
        assertThat(slots.take(0)).isSameAs(slot);
        slot.markHeld();
        assertThat(recovered).containsExactly(true);
        slots.abandon(slot, slot.line(), true, true);
        dial(2);
        assertThat(recovered).containsExactly(true, true);
        assertThat(slots.take(0)).isSameAs(slot);
        slots.abandon(slot, slot.line(), true, true);
        dial(3);
        assertThat(recovered).containsExactly(true, true, false);
    }
}
