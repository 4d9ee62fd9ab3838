package weir.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFileSystemTest {
    private final DiskFileSystem files = new DiskFileSystem();

    @TempDir
    private Path directory;

    private Path written(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        try (FileSystem.Appender out = files.create(file)) {
            out.write(ByteBuffer.wrap(content.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            out.force();
        }
        files.syncDirectory(directory);
        return file;
    }

    private static String read(FileSystem.RandomReader reader, long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        reader.read(position, ByteBuffer.wrap(bytes));
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void whatWasWrittenIsReadAtAnyPlace() throws IOException {
        Path file = written("a", "0123456789");
        try (FileSystem.RandomReader reader = files.open(file)) {
            assertThat(reader.size()).isEqualTo(10);
            assertThat(read(reader, 3, 4)).isEqualTo("3456");
            assertThatThrownBy(() -> read(reader, 8, 3)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void createReplacesAndRenameReplaces() throws IOException {
        written("a", "long content");
        Path a = written("a", "short");
        Path b = written("b", "other");
        files.rename(a, b);
        assertThat(files.list(directory)).containsExactly("b");
        try (FileSystem.RandomReader reader = files.open(b)) {
            assertThat(read(reader, 0, 5)).isEqualTo("short");
        }
    }

    @Test
    void deletingWhatIsNotThereIsNoError() throws IOException {
        files.delete(directory.resolve("none"));
        assertThatThrownBy(() -> files.open(directory.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void directoriesAreMadeWithTheirParents() throws IOException {
        Path deep = directory.resolve("x/y/z");
        files.createDirectory(deep);
        files.createDirectory(deep);
        assertThat(files.list(deep)).isEmpty();
        assertThat(files.list(directory)).isEmpty();
    }

    @Test
    void anInterruptedReaderDoesNotCloseTheFileForOthers() throws IOException {
        Path file = written("a", "0123456789");
        try (FileSystem.RandomReader reader = files.open(file)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> read(reader, 0, 1)).isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(read(reader, 3, 4)).isEqualTo("3456");
        }
    }

    @Test
    void aClosedReaderStaysClosed() throws IOException {
        FileSystem.RandomReader reader = files.open(written("a", "0123456789"));
        reader.close();
        assertThatThrownBy(() -> read(reader, 0, 1)).isInstanceOf(IOException.class);
    }
}
