package weir.sqs;

import java.time.InstantSource;

/** Runs the front over the broker in memory, to try clients against by hand: first argument the port. */
final class SqsMain {
    private SqsMain() {}

    public static void main(String[] args) throws InterruptedException {
        InstantSource clock = InstantSource.system();
        SqsSettings settings = SqsSettings.DEFAULT.withAddress("127.0.0.1", Integer.parseInt(args[0]));
        try (SqsServer server = SqsServer.start(settings, new MemoryBroker(clock), clock)) {
            System.out.println("listening on " + server.port());
            Thread.currentThread().join();
        }
    }
}
