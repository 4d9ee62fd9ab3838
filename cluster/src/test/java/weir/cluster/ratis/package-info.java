/** Tests of the replication engine, with real files, real kills and no network. */
@NullMarked
package weir.cluster.ratis;

import org.jspecify.annotations.NullMarked;
