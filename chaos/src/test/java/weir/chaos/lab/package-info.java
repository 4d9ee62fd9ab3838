@NullMarked
package weir.chaos.lab;

import org.jspecify.annotations.NullMarked;
