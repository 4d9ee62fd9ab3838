package weir.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stands between one client and a server: passes on what they say, looks at it, and can keep what the client says to itself. */
final class Relay implements AutoCloseable {
    private static final byte[] HEARTBEAT = {8, 0, 0, 0, 0, 0, 0, (byte) 0xCE};

    private final ServerSocket listening;
    private final int to;
    private final CountDownLatch heartbeats;
    private final CompletableFuture<Void> endedByServer = new CompletableFuture<>();
    private volatile boolean clientIsMute;

    /** @param heartbeats how many of the server's can be waited for */
    Relay(int to, int heartbeats) throws IOException {
        this.to = to;
        this.heartbeats = new CountDownLatch(heartbeats);
        this.listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::run);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** From now on the server hears nothing of the client. */
    void muteClient() {
        clientIsMute = true;
    }

    boolean awaitHeartbeatsOfServer(int seconds) throws InterruptedException {
        return heartbeats.await(seconds, TimeUnit.SECONDS);
    }

    void awaitEndByServer(int seconds) throws Exception {
        endedByServer.get(seconds, TimeUnit.SECONDS);
    }

    private void run() {
        try (Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), to)) {
            Thread.ofVirtual().start(() -> passOn(client, server));
            InputStream in = server.getInputStream();
            OutputStream out = client.getOutputStream();
            byte[] bytes = new byte[64 * 1024];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (endsWithHeartbeat(bytes, read)) {
                    heartbeats.countDown();
                }
                out.write(bytes, 0, read);
            }
            endedByServer.complete(null);
        } catch (IOException e) {
            endedByServer.complete(null); // Reset: what the client said was not read any more.
        }
    }

    private static boolean endsWithHeartbeat(byte[] bytes, int read) {
        int from = read - HEARTBEAT.length;
        return from >= 0 && java.util.Arrays.equals(bytes, from, read, HEARTBEAT, 0, HEARTBEAT.length);
    }

    private void passOn(Socket client, Socket server) {
        try {
            InputStream in = client.getInputStream();
            OutputStream out = server.getOutputStream();
            byte[] bytes = new byte[64 * 1024];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                if (!clientIsMute) {
                    out.write(bytes, 0, read);
                }
            }
        } catch (IOException _) { // One of them is gone, which the other direction notices.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
