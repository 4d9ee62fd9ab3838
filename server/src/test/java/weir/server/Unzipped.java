package weir.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Test data that is a tree of files. */
final class Unzipped {
    private Unzipped() {}

    static Path into(Path directory, String resource) throws IOException {
        try (InputStream stream = Unzipped.class.getResourceAsStream(resource);
                ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(stream, resource))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = directory.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
            }
        }
        return directory;
    }
}
