/** Tests of storage, and what other modules' tests use of it: a file system that fails, and a liveness that is told. */
@NullMarked
package weir.storage;

import org.jspecify.annotations.NullMarked;
