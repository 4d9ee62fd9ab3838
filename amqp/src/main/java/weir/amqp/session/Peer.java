package weir.amqp.session;

/** Who is at the other end of an open connection. */
record Peer(String user, String virtualHost, ClientCapabilities capabilities, Tuning tuning) {}
