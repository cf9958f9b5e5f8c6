import { durationSeconds } from "../../pipeline/windows";
import type { FoundGroup } from "../demo/foundGroup";
import { readGroups } from "../demo/readGroups";
import { sentAlerts, type SentAlerts } from "../demo/sentAlerts";
import type { DetectorState } from "../stack/detectorState";
import { findDefinition, ledgerRows, readLedgerState } from "../stack/ledgerRows";
import { readStates, type UpContext } from "./upContext";

/** What a detector has come to. */
export interface DetectorFindings {
    readonly state: DetectorState;
    /** Committed windows, and the rows in them. */
    readonly windows: number;
    readonly rows: number;
    /** Anomaly groups of the threshold and more, oldest first. */
    readonly groups: readonly FoundGroup[];
}

/** What a stack has come to, detector by detector. */
export interface Findings {
    readonly detectors: readonly DetectorFindings[];
    readonly alerts: readonly SentAlerts[];
}

/** Groups of a detector that are read and shown, the most severe. */
const mostGroups = 100;

/** Reads what a stack's detectors have come to, with the groups that begin at `since` or later (milliseconds since 1970). */
export async function readFindings(context: UpContext, since: number, threshold: number): Promise<Findings> {
    const states = await readStates(context);
    const detectors: DetectorFindings[] = [];
    for (const [index, state] of states.entries()) {
        const { name, arn } = context.detectors[index]!;
        const hasScored = state.scoredThrough !== undefined;
        const groups = hasScored ? await groupsOf(context, { name, arn }, since, threshold) : [];
        detectors.push({ state, groups, ...(await totalsOf(context, name)) });
    }
    return { detectors, alerts: sentAlerts(context) };
}

function groupsOf(
    { detection, configs, cloud }: UpContext,
    detector: { readonly name: string; readonly arn: string },
    since: number,
    threshold: number,
): Promise<FoundGroup[]> {
    const { interval, measures } = configs[detector.name]!;
    const averages = measures.filter(({ aggregation }) => aggregation === "AVG").map(({ name }) => name);
    const stretch = { start: since, end: cloud.clock.now() };
    const intervalMs = durationSeconds(interval) * 1000;
    return readGroups(detection, { detector, intervalMs, stretch, threshold, averages, most: mostGroups });
}

async function totalsOf({ store, cloud }: UpContext, name: string): Promise<{ windows: number; rows: number }> {
    const ledger = await readLedgerState(store, await findDefinition(store, name));
    if (ledger === undefined) return { windows: 0, rows: 0 };
    const all = await ledgerRows(store, ledger, { last: Infinity, now: cloud.clock.now() });
    const committed = all.filter(({ state }) => state === "committed");
    return { windows: committed.length, rows: committed.reduce((total, { rows = 0 }) => total + rows, 0) };
}
