package io.reclaimer.scenario;

/**
 * Where something stands in a file.
 *
 * @param line from 1; 0 where it is not known
 * @param column from 1; 0 where it is not known
 */
public record Position(int line, int column) implements Comparable<Position> {

    /** Of what stands nowhere. */
    public static final Position NOWHERE = new Position(0, 0);

    @Override
    public int compareTo(Position other) {
        return line == other.line ? Integer.compare(column, other.column) : Integer.compare(line, other.line);
    }

    @Override
    public String toString() {
        return line + ":" + column;
    }
}
