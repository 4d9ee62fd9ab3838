package weir.core;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/** So many times {@link Envelope#PLAIN}: however many, this is all that they take. */
final class PlainEnvelopes extends AbstractList<Envelope> implements RandomAccess {
    private final int size;

    PlainEnvelopes(int size) {
        Check.atLeast("size", size, 0);
        this.size = size;
    }

    @Override
    public Envelope get(int index) {
        Objects.checkIndex(index, size);
        return Envelope.PLAIN;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PlainEnvelopes plain ? plain.size == size : super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode(); // As every list's, since it equals other lists.
    }
}
