package io.reclaimer.scenario.run;

import io.reclaimer.scenario.model.EventDetail;
import io.reclaimer.scenario.model.EventDetail.Note;
import io.reclaimer.scenario.model.ScenarioResult.Event;
import io.reclaimer.scenario.model.ScenarioResult.Kind;
import io.reclaimer.scenario.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of one run. Confined to the thread of the run.
 *
 * @param hasCluster whether events name their member
 */
record Timeline(VirtualTime time, boolean hasCluster, List<Event> events) {

    Timeline(VirtualTime time, boolean hasCluster) {
        this(time, hasCluster, new ArrayList<>());
    }

    Duration now() {
        return time.elapsed();
    }

    /** @param figures of the subject, which follow it in the text */
    void add(String member, Kind kind, String subject, String figures) {
        add(member, kind, new Note(subject, subject + figures));
    }

    void add(String member, Kind kind, EventDetail detail) {
        events.add(new Event(now(), hasCluster ? member : "", kind, detail));
    }
}
