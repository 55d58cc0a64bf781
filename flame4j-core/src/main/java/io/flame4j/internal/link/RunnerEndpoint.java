package io.flame4j.internal.link;

import io.flame4j.internal.wire.ControlFrame;
import io.flame4j.internal.wire.Hello;
import java.io.IOException;
import java.nio.channels.ByteChannel;

/**
 * The one whom a runner's connections are for. All methods are called on the listener's thread and must not block.
 */
public interface RunnerEndpoint {

    /**
     * The runner has proved itself. The endpoint answers with WELCOME.
     *
     * @param control its control connection
     * @param hello what it said of itself; version and Java version are those of this process
     */
    void onControl(ControlChannel control, Hello.Control hello);

    /**
     * The runner has dialled a slot and proved itself.
     *
     * @param hello which slot
     * @param channel blocking, and from now on the endpoint's to close
     */
    void onSlot(Hello.Slot hello, ByteChannel channel);

    /**
     * The runner said something.
     *
     * @param frame what
     * @throws IOException when it is out of place; that ends the control connection as malformed bytes do
     */
    void onFrame(ControlFrame frame) throws IOException;

    /**
     * The control connection is gone. Called once.
     *
     * @param why a clause for messages
     * @param silent whether it is because the runner was not heard of for three heartbeats
     */
    void onControlClosed(String why, boolean silent);

    /**
     * Somebody with the runner's token was refused, because it came from elsewhere; the runner may still come.
     *
     * @param message from where
     */
    void onMisplaced(String message);

    /**
     * The runner was refused although it had the right token, because it runs other versions than the parent.
     *
     * @param message what differs
     */
    void onRefused(String message);
}
