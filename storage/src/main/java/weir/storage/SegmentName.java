package weir.storage;

import weir.core.Check;

/**
 * A segment as its manifest names it: enough to tell it from any other file.
 *
 * @param id the generation of the manifest that it was written for
 * @param length of the file in bytes
 * @param footerCrc CRC32C of its footer, which in turn covers where every chunk lies
 */
record SegmentName(long id, long length, int footerCrc) {
    SegmentName {
        Check.atLeast("segment id", id, 1);
        Check.atLeast("segment length", length, SegmentFormat.HEADER_BYTES + SegmentFormat.TRAILER_BYTES);
    }
}
