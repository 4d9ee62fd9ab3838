package weir.server.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text in columns as wide as they need to be. Numbers stand right. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(List.of(heads));
    }

    void row(Object... cells) {
        rows.add(Arrays.stream(cells)
                .map(cell -> printable(String.valueOf(cell)))
                .toList());
    }

    void print(PrintWriter out) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        boolean[] right = new boolean[columns];
        Arrays.fill(right, rows.size() > 1);
        for (int line = 0; line < rows.size(); line++) {
            for (int i = 0; i < columns; i++) {
                String cell = rows.get(line).get(i);
                widths[i] = Math.max(widths[i], cell.codePointCount(0, cell.length()));
                right[i] &= line == 0 || cell.matches("[\\d.,]+");
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = row.get(i);
                String pad = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
                line.append(right[i] ? pad + cell : cell + pad).append("  ");
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** Somebody else's text must not move the cursor or colour the terminal. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "\uFFFD");
    }
}
