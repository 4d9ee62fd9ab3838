package weir.core.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A count, then the elements. */
final class Lists {
    private Lists() {}

    static <T> void write(Writer out, List<T> elements, BiConsumer<Writer, T> form) {
        out.varint(elements.size());
        for (T element : elements) {
            form.accept(out, element);
        }
    }

    /** @param bytesMin the least that one element takes, so that a garbled count cannot ask for a huge list */
    static <T> List<T> read(Reader in, int bytesMin, Function<Reader, T> form) {
        return read(in, in.count(in.remaining() / bytesMin), bytesMin, form);
    }

    /** The same for a form that keeps its count elsewhere. */
    static <T> List<T> read(Reader in, int count, int bytesMin, Function<Reader, T> form) {
        if (count < 0 || count > in.remaining() / bytesMin) {
            throw new CorruptDataException(count + " elements cannot be in " + in.remaining() + " bytes");
        }
        List<T> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(form.apply(in));
        }
        return elements;
    }
}
