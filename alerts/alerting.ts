import { openAlerts, type AlertRecord } from "../detection/store/alerts";
import type { GroupRecord } from "../detection/store/groupRecord";
import type { DetectorRecord } from "../detection/store/records";
import type { ObjectStore } from "../objects/objectStore";
import { matches } from "./matching";
import { noticeOf, type SeenPoint } from "./noticeOf";
import { openOutbox, type Outbox } from "./outbox";

/** What a round of scoring found: groups that are new, or have grown. */
export interface Findings {
    readonly detector: DetectorRecord;
    readonly groups: readonly GroupRecord[];
    /** What was seen of one series of a group's measure in the group's latest interval. */
    readonly pointOf: (group: GroupRecord, combination: number) => SeenPoint;
}

/** What the worker does about alerts. */
export interface Alerting {
    /**
     * Puts what the detector's alerts have to tell of the groups into the outbox, a group once by an alert; gives how many are new.
     * To be called before the progress says that the groups were found, so that a crash repeats it; `now` in milliseconds since 1970.
     */
    note(findings: Findings, now: number): Promise<number>;
    /**
     * Has what waits in the detector's outbox delivered, whoever put it there; done when that is asked for. Where nothing waits, nobody
     * is asked.
     */
    deliver(detector: string): Promise<void>;
}

/** Groups whose notices a warm process knows to be put. */
const mostKnown = 10_000;

/** Alerting over the store; `deliver` hands the job on. */
export function openAlerting(objects: ObjectStore, deliver: (detector: string) => Promise<void>): Alerting {
    const outbox = openOutbox(objects);
    const store = openAlerts(objects);
    const known = new Set<string>();
    return {
        deliver: async (detector) => {
            if (await outbox.hasWaiting(detector)) await deliver(detector);
        },
        note: async (findings, now) => {
            if (findings.groups.length === 0) return 0;
            let count = 0;
            for (const alert of await store.of(findings.detector))
                count += await noteOf(outbox, known, alert, findings, now);
            if (known.size > mostKnown) known.clear();
            return count;
        },
    };
}

async function noteOf(
    outbox: Outbox,
    known: Set<string>,
    alert: AlertRecord,
    { detector, groups, pointOf }: Findings,
    now: number,
): Promise<number> {
    const { metricSet } = detector;
    if (metricSet === undefined) return 0;
    let count = 0;
    for (const group of groups) {
        const key = `${alert.name} ${alert.id} ${group.id}`;
        if (known.has(key) || !matches(alert, group, metricSet.dimensions)) continue;
        const found = { detector: detector.name, metricSet, group, pointOf: (c: number) => pointOf(group, c) };
        if (await outbox.put(noticeOf(alert, found, now))) count++;
        known.add(key);
    }
    return count;
}
