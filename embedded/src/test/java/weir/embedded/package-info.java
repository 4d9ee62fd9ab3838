/** Used in the way that others are to use it, with the AWS SDK. */
@NullMarked
package weir.embedded;

import org.jspecify.annotations.NullMarked;
