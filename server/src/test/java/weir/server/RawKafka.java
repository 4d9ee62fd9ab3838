package weir.server;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/** A connection that says whatever a test wants it to. */
final class RawKafka implements AutoCloseable {
    private static final int MILLIS_MAX = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    RawKafka(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(MILLIS_MAX);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /** A request as a client would send it, without its length. */
    static byte[] request(ApiKeys key, short version, int correlationId, ApiMessage body) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        short headerVersion = key.requestHeaderVersion(version);
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId("raw");
        ByteBuffer bytes = ByteBuffer.allocate(header.size(cache, headerVersion) + body.size(cache, version));
        header.write(new ByteBufferAccessor(bytes), cache, headerVersion);
        body.write(new ByteBufferAccessor(bytes), cache, version);
        return bytes.array();
    }

    void send(byte[] request) throws IOException {
        out.writeInt(request.length);
        out.write(request);
        out.flush();
    }

    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** The next answer, from its correlation id on. */
    ByteBuffer answer() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** Whether the server ends the connection without another word. */
    boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException _) { // Reset, as it had not read all.
            return true;
        }
    }

    /** There is nothing more to come. */
    void shutOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Whatever comes, until the server ends the connection. */
    void drain() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (SocketException _) { // Reset, as it had not read all.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
