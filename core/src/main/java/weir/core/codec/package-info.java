/**
 * The binary forms of commands, messages and snapshots, as they stand in the replicated log and on disk.
 *
 * <p>Every form begins with a version. Old bytes stay readable: golden files in the tests hold this to its word. Integers
 * are big-endian where fixed, LEB128 where variable; text is UTF-8 behind its length.
 */
@NullMarked
package weir.core.codec;

import org.jspecify.annotations.NullMarked;
