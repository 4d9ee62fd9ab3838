package weir.amqp.wire;

import org.jspecify.annotations.Nullable;

/**
 * A method as it came on a channel, complete.
 *
 * @param content null unless the method carries some
 */
public record Received(Method method, @Nullable Content content) {}
