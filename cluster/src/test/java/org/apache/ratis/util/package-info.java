/** Tests of what stands in for classes of Ratis. */
@NullMarked
package org.apache.ratis.util;

import org.jspecify.annotations.NullMarked;
