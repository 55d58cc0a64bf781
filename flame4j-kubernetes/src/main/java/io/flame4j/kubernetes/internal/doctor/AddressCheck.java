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
    private static final String OTHER_ADDRESS =
            "KubernetesBackend.builder().advertiseAddress(\"the address of this machine that pods can reach\")";
    private static final int DIAL_MILLIS = 3_000;

    private AddressCheck() {}

    static Finding of(Supplier<ListenAt> listenAt) {
        ListenAt.Tcp place;
        try {
            place = (ListenAt.Tcp) listenAt.get();
        } catch (RunnerBootException e) {
            return Findings.bad(NAME, Objects.requireNonNullElse(e.getMessage(), "not known"), OTHER_ADDRESS);
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
            return notBound(place, where, e);
        } catch (IOException e) {
            return Findings.bad(NAME, where + ": cannot listen at " + place.bindHost() + ": " + e, OTHER_ADDRESS);
        }
    }

    private static Finding notBound(ListenAt.Tcp place, String where, BindException failure) {
        if (place.port() == 0) {
            String details = where + ": cannot listen at " + place.bindHost() + ": " + failure.getMessage();
            return Findings.bad(NAME, details, OTHER_ADDRESS);
        }
        if (isOfThisProcess(place.port())) {
            return Findings.good(NAME, where + ": pools of this process listen there, which others can share");
        }
        return Findings.bad(
                NAME,
                where + " is taken (" + failure.getMessage() + "), by the application itself if it runs beside this",
                "Choose another port(…) for this examination, or run it in a pod of its own.");
    }

    /** Whether it is a pool of this process that listens at that port: the thread that does is named after it. */
    private static boolean isOfThisProcess(int port) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("flame4j-listener-" + port));
    }

    private static Finding dialled(ListenAt.Tcp place, String where, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(place.advertisedHost(), port), DIAL_MILLIS);
            return Findings.good(NAME, where + ": bound and dialled");
        } catch (IOException e) {
            boolean own = place.bindHost().equals(place.advertisedHost());
            String details = where + ": bound, but cannot be dialled from here: " + e.getMessage();
            return own
                    ? Findings.bad(
                            NAME, details, "No firewall or NetworkPolicy may keep this pod from its own address.")
                    : Findings.advice(
                            NAME,
                            details + ". A Service may hide it from its own pod alone; the boot below says more",
                            "");
        }
    }
}
