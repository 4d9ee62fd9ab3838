/**
 * {@link weir.junit.WeirExtension}, by which tests of JUnit 5 or 6 get a Weir server: one for a class or one for the whole
 * run, empty for each test.
 *
 * <p>Uses no client of AWS's and pulls none in; tests point the one that they have at
 * {@link weir.embedded.WeirServer#sqsEndpoint()}.
 *
 * <p>Not here: the server ({@code weir.embedded}), and anything to do with containers: it runs in the tests' own process.
 */
@NullMarked
package weir.junit;

import org.jspecify.annotations.NullMarked;
