/**
 * Reading: HOCON text becomes a scenario, or a list of problems.
 *
 * <ol>
 *   <li>Typesafe Config parses and resolves the text. It also knows the line of each value.
 *   <li>A validator checks the form by the published JSON Schema. All violations are reported at once.
 *   <li>If the form is valid, the values are read, with the defaults of the schema, and the meaning is checked: names, the order of
 *       times, settings. All of these problems are reported at once, too.
 * </ol>
 *
 * <p>The schema is the only source of the form: keys, types, ranges, defaults and the texts about allowed values.
 */
@NullMarked
package io.reclaimer.scenario.read;

import org.jspecify.annotations.NullMarked;
