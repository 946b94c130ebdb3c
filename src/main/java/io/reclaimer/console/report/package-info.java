/**
 * Reports on scenarios that were run: text, a picture of characters, JSON, and one HTML page that draws the JSON.
 *
 * <p>Rules:
 *
 * <ul>
 *   <li>A report depends on the results alone. Apart from the time that runs took, the same results give the same
 *       report.
 *   <li>Names in the JSON document stay, and no field is ever absent.
 *   <li>The page needs no other file and no network, and shows any text of a scenario as text.
 * </ul>
 */
@NullMarked
package io.reclaimer.console.report;

import org.jspecify.annotations.NullMarked;
