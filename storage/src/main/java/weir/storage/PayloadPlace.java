package weir.storage;

/**
 * Where a payload lies in its segment file.
 *
 * @param crc CRC32C of its bytes
 */
record PayloadPlace(long position, int length, int crc) {}
