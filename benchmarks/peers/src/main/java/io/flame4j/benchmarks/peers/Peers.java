package io.flame4j.benchmarks.peers;

import io.flame4j.benchmarks.Contender;
import java.util.List;

/** All of them. */
final class Peers {

    private Peers() {}

    static List<Contender> all() {
        return List.of(
                new RmiPeer(),
                new GrpcPeer(),
                new JGroupsPeer(),
                new HazelcastPeer(),
                new IgnitePeer(),
                new RemotingPeer());
    }
}
