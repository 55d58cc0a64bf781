package io.flame4j.benchmarks.peers;

import io.flame4j.benchmarks.Contender;
import java.io.IOException;
import java.net.ServerSocket;
import java.rmi.Remote;
import java.rmi.RemoteException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The JDK's own remote calls, as they come: they pool connections, one for each caller, and carry whatever is serializable. */
final class RmiPeer implements Contender {

    private static final String NAME = "rendezvous";

    /** What runs jobs; in the runner. */
    interface Worker extends Remote {
        @Nullable
        Object run(Job job) throws Exception;
    }

    /** Where a runner says that it is there; in the parent. */
    interface Rendezvous extends Remote {
        void join(Worker worker) throws RemoteException;
    }

    @Override
    public String label() {
        return "rmi";
    }

    @Override
    public Session open(int callers) throws Exception {
        return new RmiSession();
    }

    private static final class RmiSession extends PeerSession implements Rendezvous {

        private final CountDownLatch joined = new CountDownLatch(1);
        private final LoopbackSockets sockets = new LoopbackSockets();
        private final Registry registry;
        private volatile @Nullable Worker worker;

        RmiSession() throws IOException {
            System.setProperty("java.rmi.server.hostname", Loopback.HOST);
            registry = LocateRegistry.createRegistry(0, null, sockets);
            registry.rebind(NAME, UnicastRemoteObject.exportObject(this, 0, null, new LoopbackSockets()));
        }

        @Override
        public void join(Worker joining) {
            worker = joining;
            joined.countDown();
        }

        @Override
        public void start() throws Exception {
            own(Child.start(List.of(), ClassPath.of(), RunnerMain.class, Integer.toString(sockets.port)));
            await(joined);
        }

        @Override
        @Nullable
        Object call(Job job) throws Exception {
            Worker runner = worker;
            if (runner == null) {
                throw new IllegalStateException("not started");
            }
            return runner.run(job);
        }

        @Override
        void closeParent() throws Exception {
            UnicastRemoteObject.unexportObject(this, true);
            UnicastRemoteObject.unexportObject(registry, true);
        }
    }

    private static final class LoopbackSockets implements RMIServerSocketFactory {
        private volatile int port;

        @Override
        public ServerSocket createServerSocket(int wanted) throws IOException {
            ServerSocket socket = Loopback.listen(wanted);
            port = socket.getLocalPort();
            return socket;
        }
    }

    /** The runner. */
    static final class RunnerMain implements Worker {

        /** Held, or it would be collected with what is exported. */
        private static @Nullable Worker exported;

        public static void main(String[] args) throws Exception {
            Child.endWithParent();
            System.setProperty("java.rmi.server.hostname", Loopback.HOST);
            exported = new RunnerMain();
            Remote stub = UnicastRemoteObject.exportObject(exported, 0, null, new LoopbackSockets());
            Registry registry = LocateRegistry.getRegistry(Loopback.HOST, Integer.parseInt(args[0]));
            ((Rendezvous) registry.lookup(NAME)).join((Worker) stub);
        }

        @Override
        @Nullable
        public Object run(Job job) throws Exception {
            return job.run();
        }
    }
}
