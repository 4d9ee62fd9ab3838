/**
 * The command line: one class for each command, read by picocli.
 *
 * <p>Commands other than {@code server}, {@code bench} and {@code completion} talk to a running server's admin API
 * through {@link weir.server.cli.AdminClient} and so can do nothing that a script with curl could not. They print a table
 * for people, or with {@code --json} the server's answer. What went wrong, and what to do next, goes to standard error;
 * exit codes are in {@link weir.server.cli.ExitCode}.
 */
@NullMarked
package weir.server.cli;

import org.jspecify.annotations.NullMarked;
