/**
 * The place where a cluster is harmed: node processes, each with an address and a disk of its own, and the network
 * between them.
 *
 * <p>The program that runs all this is the first process of a process namespace of its own, with its own network and
 * mounts ({@link weir.chaos.lab.Namespaces}). So nothing outside can be touched, and whatever ends it, kill -9 included,
 * the kernel ends every process, takes down every mount and every link that was made here. Where such namespaces may not
 * be made, nodes run on loopback addresses, and only processes can be harmed.
 *
 * <p>Not here: what is done when; see {@code weir.chaos.nemesis}.
 */
@NullMarked
package weir.chaos.lab;

import org.jspecify.annotations.NullMarked;
