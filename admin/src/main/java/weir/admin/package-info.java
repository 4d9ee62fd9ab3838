/**
 * The HTTP admin API: queues, messages by hand, health; JSON under {@code /api/v1}.
 *
 * <p>{@link weir.admin.AdminServer} listens; the routes turn requests into calls of {@link weir.core.broker.Broker} and
 * answers into JSON; {@link weir.admin.Failure} is the one table from refusals to status and code. The records of the
 * wire are in {@link weir.admin.Wire}, the settings of a queue in {@link weir.admin.SettingsJson}.
 *
 * <p>Not here: any state, any rule about queues, and who may call. There is no authentication yet, so the server only
 * listens on loopback, and {@link weir.admin.BrowserGuard} keeps web pages out.
 */
@NullMarked
package weir.admin;

import org.jspecify.annotations.NullMarked;
