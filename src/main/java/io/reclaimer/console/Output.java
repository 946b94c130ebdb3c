package io.reclaimer.console;

import java.io.PrintStream;
import java.util.List;

/** An output of lines that can be closed by its last lines. Thread-safe. */
final class Output {

    private final PrintStream stream;
    private boolean closed;

    Output(PrintStream stream) {
        this.stream = stream;
    }

    synchronized void print(List<String> lines) {
        if (!closed) {
            lines.forEach(stream::println);
            stream.flush();
        }
    }

    /** Prints lines, and ignores all later ones. */
    synchronized void printLast(List<String> lines) {
        print(lines);
        closed = true;
    }
}
