package weir.cluster.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import weir.core.codec.CorruptDataException;
import weir.storage.CorruptStoreException;
import weir.storage.SimulatedCrash;

/**
 * Two shards of one replica each, and their {@link Clients}; all of it decided by a seed, and so are the instants at which the
 * power goes and the disk fails.
 */
final class ShardCrashSimulation {
    private static final int DRAIN_ROUNDS = 300;

    private final SplittableRandom random;
    private final List<SimulatedShard> shards = new ArrayList<>();
    private final Clients clients;

    ShardCrashSimulation(long seed) throws IOException {
        random = new SplittableRandom(seed);
        for (int i = 0; i < Clients.SHARDS; i++) {
            shards.add(new SimulatedShard(i, random.split()));
        }
        clients = new Clients(random.split(), shards);
        clients.define();
        syncAll();
    }

    /** The last of what was done. */
    List<String> trace() {
        return clients.trace();
    }

    private void syncAll() throws IOException {
        for (SimulatedShard shard : shards) {
            shard.sync(clients::learn);
        }
    }

    void step() throws IOException {
        clients.timePasses();
        int shard = random.nextInt(Clients.SHARDS);
        try {
            act(shard);
        } catch (SimulatedCrash _) {
            boolean power = random.nextBoolean();
            clients.say("shard " + shard + (power ? " loses its power" : " is killed") + " while it changes the disk");
            if (power) {
                shards.get(shard).crash(clients::learn);
            } else {
                shards.get(shard).kill(clients::learn);
            }
        }
        clients.checkPlaces();
    }

    private void act(int number) throws IOException {
        SimulatedShard shard = shards.get(number);
        int kind = random.nextInt(100);
        if (kind < 58) {
            clients.entry(number);
            if (random.nextInt(3) > 0) {
                shard.sync(clients::learn);
            }
        } else if (kind < 84) {
            int steps = random.nextInt(1, 4);
            for (int i = 0; i < steps; i++) {
                if (random.nextInt(6) == 0) {
                    shard.diskTrouble();
                }
                clients.say("shard " + number + " goes on with a checkpoint");
                shard.checkpoint();
            }
        } else if (kind < 88) {
            shard.promisePayload();
        } else if (kind < 91) {
            shard.readPromised();
        } else if (kind < 96) {
            clients.say("shard " + number + " loses its power");
            shard.crash(clients::learn);
        } else if (kind < 98) {
            clients.say("shard " + number + " is killed");
            shard.kill(clients::learn);
        } else {
            clients.say("shard " + number + " is restarted");
            shard.restart(clients::learn);
        }
    }

    /** Whatever can still be read after a bit of the disk was flipped is right. */
    void flipABit() throws IOException {
        SimulatedShard shard = shards.get(random.nextInt(Clients.SHARDS));
        shard.sync(clients::learn);
        try {
            shard.flipBit(clients::learn);
        } catch (CorruptStoreException | CorruptDataException _) {
            // As it should be.
        }
    }

    /** All is consumed, as by patient clients and a patient courier; then nothing takes any space. */
    void drain() throws IOException {
        for (SimulatedShard shard : shards) {
            shard.restart(clients::learn);
        }
        clients.becomePatient();
        for (int round = 0; round < DRAIN_ROUNDS && !clients.isEmpty(); round++) {
            clients.consume(this::syncAll);
        }
        clients.checkEmpty();
        for (SimulatedShard shard : shards) {
            shard.checkpointWhole();
            ShardAccounts.same("space still taken by shard", shard.id, shard.holdsMessages(), false);
        }
    }
}
