/**
 * Which bindings a message matches: one index for each manner of matching, over bindings of any type.
 *
 * <p>One thread writes at a time; any number read meanwhile and take no lock. What a reader sees is what was there at some
 * moment of its looking. Each index costs a message what it matches and what nearly does, never what is bound in all, and
 * says how much it looked at, so that tests can hold it to that.
 *
 * <p>Not here: the catalog, exchanges, and where a binding leads.
 */
@NullMarked
package weir.amqp.topology.match;

import org.jspecify.annotations.NullMarked;
