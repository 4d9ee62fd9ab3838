@NullMarked
package weir.chaos.report;

import org.jspecify.annotations.NullMarked;
