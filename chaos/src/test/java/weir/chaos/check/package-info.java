@NullMarked
package weir.chaos.check;

import org.jspecify.annotations.NullMarked;
