@NullMarked
package weir.chaos.history;

import org.jspecify.annotations.NullMarked;
