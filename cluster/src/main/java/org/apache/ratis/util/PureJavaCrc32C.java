package org.apache.ratis.util;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * Stands in for the class of the same name in Ratis 3.3.0, by standing before it on the class path: the same checksum, by the
 * processor's own instruction instead of tables.
 *
 * <p>Ratis computes it over every byte that it writes to its log or reads from it, out of a buffer outside of the heap, and
 * the choice cannot be configured. Should Ratis's own class be the first one found, nothing changes but the speed.
 */
public class PureJavaCrc32C implements Checksum {
    private final CRC32C crc = new CRC32C();

    @Override
    public long getValue() {
        return crc.getValue();
    }

    @Override
    public void reset() {
        crc.reset();
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        crc.update(bytes, offset, length);
    }

    @Override
    public void update(ByteBuffer buffer) {
        crc.update(buffer);
    }

    @Override
    public final void update(int b) {
        crc.update(b);
    }
}
