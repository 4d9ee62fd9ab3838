package weir.chaos.history;

/**
 * One message that was handed over under a lease.
 *
 * @param id the message's, read from its body; what cannot be read is not an id that was ever sent
 * @param checksum of the body as received
 * @param place what the server calls the message: the same at each delivery, another for each copy
 * @param lease names this delivery, unique in the run
 * @param attempts which delivery of the message it is by the server's count, from 1; 0 if the protocol does not tell
 */
public record Delivery(String id, String checksum, String place, String lease, int attempts) {}
