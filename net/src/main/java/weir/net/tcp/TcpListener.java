package weir.net.tcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on one port until it is closed, and serves each connection on a virtual thread of its own. */
public final class TcpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);

    /** Serves one connection, and returns when it is over. The socket is closed for it. */
    public interface Handler {
        void serve(Socket socket) throws IOException, InterruptedException;
    }

    private final String name;
    private final ServerSocket server;
    private final int connectionsMax;
    /** One for each connection that may still be opened. */
    private final Semaphore places;

    private final Handler handler;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private TcpListener(String name, ServerSocket server, int connectionsMax, Handler handler) {
        this.name = name;
        this.server = server;
        this.connectionsMax = connectionsMax;
        this.handler = handler;
        this.places = new Semaphore(connectionsMax);
    }

    /**
     * @param name of the protocol, for logs and threads
     * @param connectionsMax connections open at a time; more wait to be accepted
     * @throws IOException if the port cannot be had
     */
    public static TcpListener open(String name, InetSocketAddress address, int connectionsMax, Handler handler)
            throws IOException {
        ServerSocket server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(address, TcpLimits.BACKLOG);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        TcpListener listener = new TcpListener(name, server, connectionsMax, handler);
        Thread.ofVirtual().name(name + "-accept").start(listener::accept);
        return listener;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Connections that are open now. */
    public int connections() {
        return open.size();
    }

    private void accept() {
        try {
            while (!closed) {
                places.acquire();
                boolean serving = false;
                try {
                    serving = acceptOne();
                } finally {
                    if (!serving) {
                        places.release();
                    }
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Nobody does; the listener ends by its socket.
        }
    }

    private boolean acceptOne() throws InterruptedException {
        Socket socket;
        try {
            socket = server.accept();
        } catch (IOException e) {
            if (!closed) {
                LOG.warn("{}: no connection can be accepted for now: {}", name, e.toString());
                Thread.sleep(TcpLimits.ACCEPT_RETRY);
            }
            return false;
        }
        open.add(socket);
        if (closed) { // Whoever closed may have looked at the open ones before this one was there.
            forget(socket);
            return false;
        }
        Thread.ofVirtual().name(name + "-connection").start(() -> serve(socket));
        return true;
    }

    private void serve(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
            handler.serve(socket);
        } catch (IOException _) { // The peer is gone, so there is nobody left to tell.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The server is stopping.
        } catch (RuntimeException | Error e) {
            LOG.error("{}: a connection ended by a bug", name, e);
        } finally {
            forget(socket);
            places.release();
        }
    }

    private void forget(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException _) { // It is closed all the same.
        }
    }

    /** Accepts nobody any more; who is connected stays so. */
    public void stopAccepting() {
        closed = true;
        try {
            server.close();
        } catch (IOException e) {
            LOG.warn("{}: the port was not closed cleanly: {}", name, e.toString());
        }
    }

    /** Accepts nobody any more, closes every connection, and waits a while for what they held to be given back. */
    @Override
    public void close() {
        stopAccepting();
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException _) { // It is closed all the same.
            }
        }
        try {
            if (!places.tryAcquire(connectionsMax, TcpLimits.STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{}: {} connections did not end in {}", name, open.size(), TcpLimits.STOP);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
