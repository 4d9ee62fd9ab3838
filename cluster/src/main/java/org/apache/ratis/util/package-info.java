/**
 * What has to bear the name of a class of Ratis to take its place; see {@link org.apache.ratis.util.PureJavaCrc32C}, the only
 * one. Each must do exactly what it stands in for, since which of the two is found depends on the class path.
 *
 * <p>Not here: anything of ours, and anything that Ratis can be told by its settings ({@code weir.cluster.ratis}).
 */
@NullMarked
package org.apache.ratis.util;

import org.jspecify.annotations.NullMarked;
