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
     * Puts into the outbox that groups which were told are anomalies no more; gives how many notices are new. Of what nobody was told
     * nothing is taken back. To be called before the progress says so.
     */
    retract(withdrawn: Pick<Findings, "detector" | "groups">, now: number): Promise<number>;
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
        retract: async ({ detector, groups }, now) => {
            let count = 0;
            for (const alert of groups.length === 0 ? [] : await store.of(detector))
                for (const group of groups) if (await retractOne(outbox, alert, { detector, group }, now)) count++;
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
        const telling = group.amended?.tellings ?? 0;
        const key = `${alert.name} ${alert.id} ${group.id} ${telling}`;
        if (known.has(key) || !matches(alert, group, metricSet.dimensions)) continue;
        const found = { detector: detector.name, metricSet, group, pointOf: (c: number) => pointOf(group, c) };
        if (!(await wasTold(outbox, alert, found)) && (await outbox.put(noticeOf(alert, found, now)))) count++;
        known.add(key);
    }
    return count;
}

type Found = { readonly detector: string; readonly group: GroupRecord };

const namedBy = ({ name, id }: AlertRecord, detector: string, group: string, telling = 0) => ({
    detector,
    alert: name,
    alertId: id,
    group,
    telling,
});

/** Whether what a group took the place of has been told: it is the same anomaly, whose start moved. */
async function wasTold(outbox: Outbox, alert: AlertRecord, { detector, group }: Found): Promise<boolean> {
    const { other, tellings = 0 } = group.amended ?? {};
    return other !== undefined && tellings === 0 && (await outbox.isTold(namedBy(alert, detector, other)));
}

/** Takes back what an alert has told last of a group, unless another group says it now. */
async function retractOne(
    outbox: Outbox,
    alert: AlertRecord,
    { detector, group }: { readonly detector: DetectorRecord; readonly group: GroupRecord },
    now: number,
): Promise<boolean> {
    const { metricSet } = detector;
    const { tellings = 0, other } = group.amended ?? {};
    if (metricSet === undefined || other !== undefined || tellings === 0) return false;
    if (!(await outbox.isTold(namedBy(alert, detector.name, group.id, tellings - 1)))) return false;
    const pointOf = (combination: number): SeenPoint => {
        const peak = group.members.find((member) => member.combination === combination)?.peak;
        return { value: peak?.value ?? NaN, expected: peak?.expected ?? NaN };
    };
    return outbox.put(noticeOf(alert, { detector: detector.name, metricSet, group, pointOf }, now));
}
