package weir.cluster.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Copies that are on the disk when they are done. */
final class Trees {
    private Trees() {}

    /** The names in a directory; none if there is no such directory. */
    static SortedSet<String> names(Path directory) throws IOException {
        SortedSet<String> names = new TreeSet<>();
        try (var found = Files.newDirectoryStream(directory)) {
            found.forEach(path -> names.add(String.valueOf(path.getFileName())));
        } catch (NoSuchFileException _) { // Then nothing is in it.
        }
        return names;
    }

    /** @return whether the file was there */
    static boolean copy(Path from, Path to) throws IOException {
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            if (Files.exists(to.toAbsolutePath().getParent())) {
                return false;
            }
            throw e;
        }
        force(to, StandardOpenOption.WRITE);
        return true;
    }

    /** What was created and renamed in a directory is there after a loss of power. */
    static void sync(Path directory) throws IOException {
        force(directory, StandardOpenOption.READ);
    }

    private static void force(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    /** All that is in a directory, and at last itself. */
    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> all;
        try (var found = Files.walk(directory)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
