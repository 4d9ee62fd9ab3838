package weir.amqp.topology;

/** What the queues of a virtual host are called in the catalog, where those of all fronts are. */
public interface QueueNaming {
    String catalogName(String virtualHost, String queue);

    /** What {@link #catalogName} was made of. */
    String queueName(String virtualHost, String catalogName);

    /** What the catalog's names of a virtual host's queues begin with, if it is not {@link VirtualHost#DEFAULT}. */
    String prefix(String virtualHost);
}
