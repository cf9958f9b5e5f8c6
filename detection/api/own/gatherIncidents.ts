import { z } from "zod";
import type { GroupSummary } from "../../store/groupSummary";
import type { ReadRun } from "../readRun";
import { shownGroup, shownGroupOf } from "./groupShapes";
import { roundedSeverity, severity, time, timeOf } from "./ownMembers";

/** Groups of one cause. */
export const incident = z.object({
    id: z.uuid().describe("Id of its first group."),
    startTime: time.describe("Start of the first anomalous interval."),
    endTime: time.describe("Start of the last anomalous interval."),
    severity: severity.describe("Of its severest group."),
    measures: z.array(z.string()),
    isOpen: z.boolean(),
    groups: z.array(shownGroup).describe("Oldest start first."),
});
export type Incident = z.output<typeof incident>;

/** A group joins an incident while another of it goes on, pauses of up to twelve intervals included. */
const longestJoinIntervals = 14;
/** Times that the stretch is widened in which groups of an incident are looked for. */
const mostWidenings = 20;

/** The incidents that begin with the given groups, in their order, each with all of its groups. */
export async function gatherIncidents(run: ReadRun, firsts: readonly GroupSummary[]): Promise<Incident[]> {
    const from = Math.min(...firsts.map(({ start }) => start));
    let to = Math.max(...firsts.map(({ start }) => start));
    for (let widened = 0; ; widened++) {
        const groups = await groupsBetween(run, from, to);
        const incidents = firsts.map((first) => [first, ...groups.filter((one) => isOther(one, first))]);
        const end = Math.max(...incidents.flat().map((group) => group.end)) + longestJoin(run);
        if (end <= to || widened === mostWidenings) return incidents.map((members) => incidentOf(run, members));
        to = end;
    }
}

const isOther = (group: GroupSummary, first: GroupSummary): boolean =>
    group.incident === first.id && group.id !== first.id;

const longestJoin = ({ calendar }: ReadRun): number => longestJoinIntervals * calendar.intervalSeconds * 1000;

/** Groups that began in a stretch, both ends inclusive. */
async function groupsBetween(
    { groups, progress }: ReadRun,
    from: number,
    to: number,
): Promise<readonly GroupSummary[]> {
    return (await groups.page(progress, { filter: { since: from, to: to + 1 }, size: Infinity })).groups;
}

function incidentOf({ metricSet }: ReadRun, members: readonly GroupSummary[]): Incident {
    const sorted = [...members].sort((one, other) => one.start - other.start || (one.id < other.id ? -1 : 1));
    return {
        id: members[0]!.id,
        startTime: timeOf(Math.min(...members.map(({ start }) => start))),
        endTime: timeOf(Math.max(...members.map(({ end }) => end))),
        severity: roundedSeverity(Math.max(...members.map(({ severity }) => severity))),
        measures: [...new Set(sorted.map(({ measure }) => measure))],
        isOpen: members.some(({ isOpen }) => isOpen),
        groups: sorted.map((group) => shownGroupOf(metricSet, group)),
    };
}
