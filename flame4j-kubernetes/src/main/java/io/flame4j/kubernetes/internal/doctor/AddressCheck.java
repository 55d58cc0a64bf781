package io.flame4j.kubernetes.internal.doctor;

import io.flame4j.RunnerBootException;
import io.flame4j.backend.ListenAt;
import io.flame4j.kubernetes.DoctorReport.Finding;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.Objects;
import java.util.function.Supplier;

/** Whether this process can listen where runners will dial. Binds, dials itself, and lets go again. */
final class AddressCheck {

    private static final String NAME = "Address";
    private static final int DIAL_MILLIS = 3_000;

    private AddressCheck() {}

    static Finding of(Supplier<ListenAt> listenAt) {
        ListenAt.Tcp place;
        try {
            place = (ListenAt.Tcp) listenAt.get();
        } catch (RunnerBootException e) {
            return Findings.bad(
                    NAME,
                    Objects.requireNonNullElse(e.getMessage(), "not known"),
                    "KubernetesBackend.builder()"
                            + ".advertiseAddress(\"the address of this machine that pods can reach\")");
        }
        return of(place);
    }

    static Finding of(ListenAt.Tcp place) {
        String port = place.port() == 0 ? "any free port" : "port " + place.port();
        String where = place.advertisedHost() + ", " + port;
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getByName(place.bindHost()), place.port()));
            int bound = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            return dialled(place, where, bound);
        } catch (BindException e) {
            return place.port() == 0
                    ? Findings.bad(NAME, where + ": cannot listen at " + place.bindHost() + ": " + e.getMessage(), "")
                    : Findings.bad(
                            NAME,
                            where + " is taken (" + e.getMessage()
                                    + "), by the application itself if it runs beside this",
                            "Choose another port(…) for this examination, or run it in a pod of its own.");
        } catch (IOException e) {
            return Findings.bad(NAME, where + ": cannot listen at " + place.bindHost() + ": " + e, "");
        }
    }

    private static Finding dialled(ListenAt.Tcp place, String where, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(place.advertisedHost(), port), DIAL_MILLIS);
            return Findings.good(NAME, where + ": bound and dialled");
        } catch (IOException e) {
            boolean own = place.bindHost().equals(place.advertisedHost());
            String details = where + ": bound, but cannot be dialled from here: " + e.getMessage();
            return own
                    ? Findings.bad(NAME, details, "")
                    : Findings.advice(
                            NAME,
                            details + ". A Service may hide it from its own pod alone; the boot below says more",
                            "");
        }
    }
}
