package weir.cluster.shard;

import weir.storage.Payload;

/** What a stored batch holds: its encoding, and the place of its bytes. */
record Content(int format, Payload payload) {}
