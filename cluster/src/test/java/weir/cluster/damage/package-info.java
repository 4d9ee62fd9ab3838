/** Damaged files, of every kind, and disks without room. */
@NullMarked
package weir.cluster.damage;

import org.jspecify.annotations.NullMarked;
