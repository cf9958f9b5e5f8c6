import { z } from "zod";
import { summaryOf, type GroupPlace, type GroupSummary } from "../../store/groupSummary";
import { notFound } from "../errors";
import { detectorArn, groupId, paging, threshold } from "../members";
import { groupPlace, makeToken, readToken } from "../paging";
import { readRun, type ReadRun } from "../readRun";
import { ownCall } from "./call";
import { gatherIncidents, incident, type Incident } from "./gatherIncidents";
import { stretchOf } from "./listGroups";
import { nextToken, stretchMembers } from "./ownMembers";

/** Pages of groups that are looked through for one page of incidents, where a severity leaves out nearly all of them. */
const mostRounds = 5;

const request = z.strictObject({
    ...detectorArn,
    ...stretchMembers,
    MinSeverity: threshold.optional().describe("Incidents with at least this severity."),
    ...paging,
});
type Stretch = ReturnType<typeof stretchOf>;

export const listIncidents = ownCall({
    summary: "Incidents: anomaly groups of one cause, over measures",
    description: "Those that began in the stretch from StartTime to EndTime, newest start first.",
    request,
    answer: z.object({ incidents: z.array(incident), nextToken }),
    handle: (context, { NextToken, ...listing }) => {
        const { MaxResults: _size, ...filters } = listing;
        const subject = `listIncidents ${JSON.stringify(filters)}`;
        const after = readToken(NextToken, { subject, schema: groupPlace, now: context.now() });
        const stretch = stretchOf(listing);
        return readRun(context, listing.AnomalyDetectorArn, async (run) => {
            if (run === undefined) return { incidents: [] };
            const { incidents, next } = await pageOf(run, { ...listing, ...stretch }, after);
            return { incidents, nextToken: next && makeToken(subject, next, context.now()) };
        });
    },
});

async function pageOf(
    run: ReadRun,
    asked: Stretch & { readonly MinSeverity?: number; readonly MaxResults: number },
    after: GroupPlace | undefined,
): Promise<{ incidents: Incident[]; next: GroupPlace | undefined }> {
    const { from, to, MinSeverity = 0, MaxResults } = asked;
    const filter = { isFirst: true, since: from, to };
    const incidents: Incident[] = [];
    let next = after;
    for (let round = 0; round < mostRounds; round++) {
        const size = MaxResults - incidents.length;
        const page = await run.groups.page(run.progress, { filter, after: next, size });
        const found = page.groups.length === 0 ? [] : await gatherIncidents(run, page.groups);
        incidents.push(...found.filter(({ severity }) => severity >= MinSeverity));
        next = page.next;
        if (next === undefined || incidents.length === MaxResults) break;
    }
    return { incidents, next };
}

export const getIncident = ownCall({
    summary: "One incident with its groups",
    description: "Named by its id, or by that of any of its groups.",
    request: z.strictObject({ ...detectorArn, IncidentId: groupId }),
    answer: z.object({ incident }),
    handle: (context, { AnomalyDetectorArn, IncidentId }) =>
        readRun(context, AnomalyDetectorArn, async (run) => {
            const first = run && (await findFirst(run, IncidentId.toLowerCase()));
            if (run === undefined || first === undefined) throw notFound("AnomalyGroup", IncidentId);
            const [found] = await gatherIncidents(run, [first]);
            return { incident: found! };
        }),
});

/** The first group of the incident that a group belongs to. */
async function findFirst({ groups, progress }: ReadRun, id: string): Promise<GroupSummary | undefined> {
    const group = await groups.find(progress, id);
    if (group === undefined) return undefined;
    const first =
        group.incident === undefined || group.incident === id ? group : await groups.find(progress, group.incident);
    return first && summaryOf(first);
}
