package weir.storage;

import java.util.zip.CRC32C;
import weir.core.Bytes;

/** CRC32C, which every byte on disk is covered by. */
final class Checksum {
    private Checksum() {}

    static int of(Bytes bytes) {
        return of(bytes.array(), bytes.offset(), bytes.length());
    }

    static int of(byte[] array, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(array, offset, length);
        return (int) crc.getValue();
    }
}
