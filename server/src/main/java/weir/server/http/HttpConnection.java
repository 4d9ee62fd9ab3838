package weir.server.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** A kept-alive connection to one server, opened on the first request and again when it was closed. For one thread. */
public final class HttpConnection implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** A line of the response's head; larger is no HTTP server. */
    private static final int LINE_BYTES_MAX = 16 * 1024;

    private static final int HEADERS_MAX = 200;

    /** The largest answer asked for here is a page of 100 messages. */
    private static final int BODY_BYTES_MAX = 256 * 1024 * 1024;

    private final URI server;
    private final int port;
    private final int readTimeoutMillis;
    private Open open = Open.NONE;

    /** @param body empty if there was none */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Response(int status, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private sealed interface Open {
        Open NONE = new Closed();

        record Closed() implements Open {}

        record Connected(Socket socket, InputStream in, OutputStream out) implements Open {}
    }

    /**
     * @param server scheme, host and port; its path does not matter
     * @param readTimeout how long to wait for the next byte of an answer
     */
    public HttpConnection(URI server, Duration readTimeout) {
        this.server = server;
        this.readTimeoutMillis = Math.toIntExact(readTimeout.toMillis());
        boolean tls = "https".equals(server.getScheme());
        this.port = server.getPort() >= 0 ? server.getPort() : tls ? 443 : 80;
    }

    /**
     * Sends one request and reads the whole answer.
     *
     * @param headers whole lines, each ended by CR LF; Host and Content-Length are added
     * @throws IOException if no answer came; the request may have been carried out
     */
    public Response send(String method, String path, String headers, byte[] body) throws IOException {
        Open.Connected connected =
                switch (open) {
                    case Open.Closed _ -> connect();
                    case Open.Connected there -> there;
                };
        boolean keep = false;
        try {
            String head = method + " " + path + " HTTP/1.1\r\nHost: " + server.getRawAuthority() + "\r\n" + headers
                    + "Content-Length: " + body.length + "\r\n\r\n";
            byte[] headBytes = head.getBytes(StandardCharsets.ISO_8859_1);
            byte[] request = new byte[headBytes.length + body.length];
            System.arraycopy(headBytes, 0, request, 0, headBytes.length);
            System.arraycopy(body, 0, request, headBytes.length, body.length);
            connected.out().write(request);
            Head answer = readHead(connected.in());
            byte[] content = readBody(connected.in(), answer);
            keep = answer.keepAlive();
            return new Response(answer.status(), content);
        } finally {
            if (!keep) {
                close();
            }
        }
    }

    @Override
    public void close() {
        if (open instanceof Open.Connected connected) {
            open = Open.NONE;
            try {
                connected.socket().close();
            } catch (IOException _) { // It is done with either way.
            }
        }
    }

    private Open.Connected connect() throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(server.getHost(), port), (int) CONNECT_TIMEOUT.toMillis());
            socket.setSoTimeout(readTimeoutMillis);
            if ("https".equals(server.getScheme())) {
                socket = ((SSLSocketFactory) SSLSocketFactory.getDefault())
                        .createSocket(socket, server.getHost(), port, true);
                var parameters = ((SSLSocket) socket).getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                ((SSLSocket) socket).setSSLParameters(parameters);
            }
            var connected = new Open.Connected(
                    socket, new BufferedInputStream(socket.getInputStream(), 16 * 1024), socket.getOutputStream());
            open = connected;
            return connected;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** @param length of the body; -1 if it comes in chunks, -2 if it goes on to the end of the connection */
    private record Head(int status, long length, boolean keepAlive) {
        static final long CHUNKED = -1;
        static final long TO_THE_END = -2;
    }

    private static Head readHead(InputStream in) throws IOException {
        while (true) {
            String statusLine = line(in);
            if (!statusLine.matches("HTTP/1\\.[01] \\d{3}.*")) {
                throw new IOException("the answer is not HTTP: " + statusLine);
            }
            int status = Integer.parseInt(statusLine.substring(9, 12));
            long length = status == 204 || status == 304 ? 0 : Head.TO_THE_END;
            boolean keepAlive = statusLine.startsWith("HTTP/1.1");
            for (int headers = 0; ; headers++) {
                String header = line(in);
                if (header.isEmpty()) {
                    break;
                }
                if (headers > HEADERS_MAX) {
                    throw new IOException("the answer has more than " + HEADERS_MAX + " headers");
                }
                int colon = header.indexOf(':');
                String value = header.substring(colon + 1).strip();
                if (header.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                    length = parse(value, 10);
                } else if (header.regionMatches(true, 0, "Transfer-Encoding:", 0, 18)) {
                    length = Head.CHUNKED;
                } else if (header.regionMatches(true, 0, "Connection:", 0, 11)) {
                    keepAlive = !value.equalsIgnoreCase("close");
                }
            }
            if (status >= 200) { // Else 100 Continue, and the answer comes after it.
                return new Head(status, length, keepAlive && length != Head.TO_THE_END);
            }
        }
    }

    private static byte[] readBody(InputStream in, Head head) throws IOException {
        if (head.length() >= 0) {
            return exactly(in, head.length());
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (head.length() == Head.TO_THE_END) {
            byte[] rest = in.readNBytes(BODY_BYTES_MAX);
            if (in.read() >= 0) {
                throw new IOException("the answer is larger than " + BODY_BYTES_MAX + " bytes");
            }
            return rest;
        }
        while (true) {
            String size = line(in);
            int end = size.indexOf(';');
            long bytes = parse((end < 0 ? size : size.substring(0, end)).strip(), 16);
            if (bytes == 0) {
                while (!line(in).isEmpty()) {} // Trailers, each line bounded, end with an empty line.
                return body.toByteArray();
            }
            if (body.size() + bytes > BODY_BYTES_MAX) {
                throw new IOException("the answer is larger than " + BODY_BYTES_MAX + " bytes");
            }
            body.write(exactly(in, bytes));
            line(in);
        }
    }

    private static long parse(String number, int radix) throws IOException {
        try {
            long value = Long.parseLong(number, radix);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException _) { // Refused below.
        }
        throw new IOException("the answer has \"" + number + "\" for a length");
    }

    private static byte[] exactly(InputStream in, long bytes) throws IOException {
        if (bytes > BODY_BYTES_MAX) {
            throw new IOException("the answer has " + bytes + " bytes, allowed is " + BODY_BYTES_MAX);
        }
        byte[] content = in.readNBytes((int) bytes);
        if (content.length < bytes) {
            throw new EOFException("the server closed the connection in the middle of its answer");
        }
        return content;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (line.length() == LINE_BYTES_MAX) {
                throw new IOException("the answer has a line of more than " + LINE_BYTES_MAX + " bytes");
            }
            line.append((char) c);
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }
}
