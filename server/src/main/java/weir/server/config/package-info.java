/**
 * What can be configured: one YAML file plus environment variables, read into {@link weir.server.config.WeirConfig}.
 *
 * <p>Every setting is one constant of {@link weir.server.config.Setting}, with its key, its variable and what is allowed.
 * Whatever is misspelt, out of bounds or contradicts another setting is refused before anything is opened, as a {@link
 * weir.server.config.ConfigException} whose message an operator can act on.
 *
 * <p>Not here: settings of queues (they are data, changed at run time) and options of the JVM (the launcher's).
 */
@NullMarked
package weir.server.config;

import org.jspecify.annotations.NullMarked;
