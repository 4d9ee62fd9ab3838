package weir.server.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import weir.cluster.restore.RestoreException;
import weir.core.codec.CorruptDataException;
import weir.storage.CorruptStoreException;

/** What a command does with a node's files itself, without a server. */
interface FileWork<T> {
    T make() throws RestoreException, IOException;

    /** @throws CommandFailure if it cannot be done, with the reason */
    static <T> T done(FileWork<T> work) {
        try {
            return work.make();
        } catch (FileSystemException e) { // Its message is often no more than the file's name.
            throw new CommandFailure(ExitCode.REFUSED, e.toString());
        } catch (RestoreException | IOException | CorruptStoreException | CorruptDataException e) {
            throw new CommandFailure(ExitCode.REFUSED, String.valueOf(e.getMessage()));
        }
    }
}
