/**
 * Users and their access keys: typed views of the catalog's definitions of those kinds, the same for every front.
 *
 * <p>Not here: how a front finds out whose request it has, what a user may do, and how a key is thought up.
 */
@NullMarked
package weir.core.access;

import org.jspecify.annotations.NullMarked;
