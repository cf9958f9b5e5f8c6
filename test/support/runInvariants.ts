import assert from "node:assert/strict";
import { openDetectorStore } from "../../detection/store/detectors";
import { createRunCache, openRun } from "../../detection/store/runs";
import { openCalendar } from "../../detection/worker/calendar";
import { readScores } from "../../detection/worker/readScores";
import type { ObjectStore } from "../../objects/objectStore";
import { storedGroups } from "./storedGroups";

/**
 * What holds of a detector's store at any time, also right after a crash: what the progress names is there and fits together, every interval
 * is there once, and every group once. Gives the start of the next interval to score and the number of groups; undefined while nothing has
 * been learned.
 */
export async function checkInvariants(
    objects: ObjectStore,
    detector: string,
): Promise<{ readonly scoredThrough: number; readonly groups: number } | undefined> {
    const record = await openDetectorStore(objects).read(detector);
    assert.ok(record?.run !== undefined && record.metricSet !== undefined);
    const { interval, timeZone, measures } = record.metricSet;
    const calendar = openCalendar(interval, timeZone);
    const store = openRun(objects, detector, record.run, createRunCache());
    const progress = (await store.progress())?.record;
    if (progress === undefined) {
        assert.ok(["ACTIVATING", "BACK_TEST_ACTIVATING"].includes(record.status), record.status);
        return undefined;
    }
    const combinations = await store.combinations(progress);
    assert.equal(new Set(combinations.map((values) => JSON.stringify(values))).size, progress.combinations);
    const engine = await store.takeModel(progress);
    assert.equal(engine.combinations, progress.combinations);
    const open = await store.open(progress);
    assert.equal(open.series, combinations.length * measures.length);
    assert.equal(calendar.startOf(open.first + open.outcomes.length), progress.scoredThrough);

    const [since, from, through] = [progress.since, progress.scoredFrom, progress.scoredThrough].map((instant) =>
        calendar.positionOf(instant),
    ) as [number, number, number];
    const scores = await readScores({ store, calendar, progress }, { first: since, last: through, series: [0] });
    const oldest = scores[0]?.position ?? through;
    assert.deepEqual(
        scores.map(({ position }) => position),
        Array.from({ length: through - oldest }, (_, i) => oldest + i),
        "every interval once, in order",
    );
    for (const { position, outcome } of scores) assert.equal(outcome === "learned", position < from, outcome);

    const ids = new Set<string>();
    for await (const group of storedGroups(objects, [detector, record.run], progress)) {
        assert.ok(!ids.has(group.id), `group ${group.id} is there twice`);
        ids.add(group.id);
        assert.ok(group.start <= group.end && group.end < progress.scoredThrough);
        assert.ok(calendar.positionOf(group.start) >= from);
        for (const { combination, values } of group.members) assert.deepEqual(values, combinations[combination]);
    }
    return { scoredThrough: progress.scoredThrough, groups: ids.size };
}
