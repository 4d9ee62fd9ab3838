/** Used in the way that others are to use it, with the AWS SDK. */
@NullMarked
package weir.junit;

import org.jspecify.annotations.NullMarked;
