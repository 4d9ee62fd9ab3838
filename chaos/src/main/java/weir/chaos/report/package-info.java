/**
 * A run as a person reads it: what was done to the cluster and what clients felt of it, throughput over time, and each
 * promise with what broke it. As text and as one HTML file without anything from elsewhere.
 */
@NullMarked
package weir.chaos.report;

import org.jspecify.annotations.NullMarked;
