package weir.amqp.topology;

import java.util.Set;

/**
 * A user who has shown who he is.
 *
 * @param created of the user's definition: rights are this user's, not a later namesake's
 * @param tags RabbitMQ's: {@code administrator}, {@code impersonator}, ...
 * @param connectionsMax how many connections the user may have; {@link VirtualHost#UNLIMITED} for no limit
 * @param channelsMax the same for channels
 */
public record Login(String user, long created, Set<String> tags, long connectionsMax, long channelsMax) {
    /** The server itself, on behalf of somebody who may do everything; in no virtual host is he refused anything. */
    public static final Login SYSTEM =
            new Login("weir:system", 0, Set.of("administrator"), VirtualHost.UNLIMITED, VirtualHost.UNLIMITED);

    public Login {
        tags = Set.copyOf(tags);
    }

    /** Whether it is {@link #SYSTEM}: nobody was ever created at 0. */
    public boolean isSystem() {
        return created == 0;
    }

    /** Whether he may publish in another's name. */
    public boolean isImpersonator() {
        return tags.contains("impersonator");
    }
}
