package weir.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import weir.cluster.forming.Forming;
import weir.cluster.forming.FormingException;
import weir.cluster.forming.Identity;
import weir.cluster.forming.IdentityFile;
import weir.cluster.forming.Newcomer;
import weir.cluster.ratis.ClusterTransport;
import weir.cluster.ratis.RatisEngine;
import weir.cluster.replication.FailureListener;

/**
 * What a node has once it knows its cluster, before it opens a replica.
 *
 * @param file where the identity stands
 * @param engine to be closed by whoever takes this over
 * @param desk answers other nodes already, as far as it can
 */
record Formed(
        Identity identity, IdentityFile file, RatisEngine engine, Forming forming, PeerDesk desk, Failures failures) {
    /** Finds the node's cluster; waits for the other nodes as long as that takes. */
    static Formed await(NodeSettings settings, FailureListener process)
            throws FormingException, IOException, InterruptedException {
        Files.createDirectories(settings.data());
        IdentityFile file = new IdentityFile(settings.data(), settings.edition());
        Optional<Identity> known = file.read();
        if (known.isPresent() && known.get().node() != settings.number()) {
            throw new FormingException("node.id is " + settings.number() + ", but the data directory " + settings.data()
                    + " is that of node " + known.get().node() + "; allowed is the number that it was created with"
                    + " (WEIR_NODE_ID)");
        }
        PeerDesk desk = new PeerDesk();
        Failures failures = new Failures(process);
        RatisEngine engine = new RatisEngine(
                settings.data().resolve("raft"),
                settings.self(),
                settings.cluster().map(cluster -> new ClusterTransport(cluster.bind(), cluster.tls(), desk)),
                failures);
        boolean done = false;
        try {
            Optional<NodeSettings.Cluster> cluster = settings.cluster();
            Newcomer newcomer = new Newcomer(
                    settings.self(),
                    cluster.map(NodeSettings.Cluster::seeds).orElse(List.of()),
                    settings.shards(),
                    cluster.map(NodeSettings.Cluster::rack).orElse(""),
                    cluster.map(NodeSettings.Cluster::fronts).orElse(new TreeMap<>()),
                    settings.edition());
            Forming forming = new Forming(newcomer, file, known, GroupFiles.wasOpen(settings.data(), known));
            desk.open(forming);
            if (cluster.isPresent()) {
                engine.start();
            }
            Identity identity = forming.form(engine.peers());
            engine.belongsTo(identity.cluster());
            done = true;
            return new Formed(identity, file, engine, forming, desk, failures);
        } finally {
            if (!done) {
                engine.close();
            }
        }
    }
}
