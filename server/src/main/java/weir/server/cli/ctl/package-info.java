/**
 * {@code weir rabbitmqctl}: what scripts and test suites that were written for RabbitMQ call, with the same subcommands,
 * options, columns and exit codes.
 *
 * <p>RabbitMQ's own tool speaks Erlang's distribution protocol, which no other server can. This one asks the node's admin API
 * for the resources of RabbitMQ's management API, as whoever may use this machine: like RabbitMQ's, it needs no password.
 *
 * <p>Not here: what Weir has and RabbitMQ has not, for which there are the other commands; and Erlang, but for the few
 * expressions of {@code eval} that are known to be used.
 */
@NullMarked
package weir.server.cli.ctl;

import org.jspecify.annotations.NullMarked;
