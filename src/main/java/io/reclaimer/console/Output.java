package io.reclaimer.console;

import java.io.PrintStream;
import java.util.List;

/** Where lines go, until the last ones: nothing comes after those. Thread-safe. */
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

    synchronized void printLast(List<String> lines) {
        print(lines);
        closed = true;
    }
}
