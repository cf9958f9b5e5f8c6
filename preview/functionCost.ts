import { extractorCalls, requestSeconds, startSeconds, type Use } from "./assumptions";
import { lambdaPrices, storagePrices } from "./prices";

/** Dollars of some functions' work: their time, and the requests to S3 that they make. */
export interface UseCost {
    readonly functions: number;
    readonly requests: number;
}

/** What functions cost that are used like this. */
export function costOfUses(uses: readonly Use[]): UseCost {
    const each = uses.map(({ calls, gigabytes, writes, reads }) => ({
        functions: callsOf(calls, calls * startSeconds + (writes + reads) * requestSeconds, gigabytes),
        requests: requestsOf({ writes, reads }),
    }));
    return {
        functions: each.reduce((sum, { functions }) => sum + functions, 0),
        requests: each.reduce((sum, { requests }) => sum + requests, 0),
    };
}

/** What the extractor of a window costs: a call that streams lasts as long as the query, one that submits or asks as long as it takes to ask. */
export function extractorCost(
    { streams, polls, gigabytes }: { readonly streams: boolean; readonly polls: number; readonly gigabytes: number },
    querySeconds: number,
): UseCost {
    const { start, status } = extractorCalls;
    const asked = { writes: status.writes * polls, reads: status.reads * polls };
    const started = costOfUses([{ calls: 1, gigabytes, ...start }]);
    const followed = costOfUses([{ calls: polls, gigabytes, ...asked }]);
    const streamed = streams ? querySeconds * gigabytes * lambdaPrices.perGigabyteSecond : 0;
    return {
        functions: started.functions + followed.functions + streamed,
        requests: started.requests + followed.requests,
    };
}

const callsOf = (calls: number, seconds: number, gigabytes: number): number =>
    calls * lambdaPrices.perRequest + seconds * gigabytes * lambdaPrices.perGigabyteSecond;

const requestsOf = ({ writes, reads }: Pick<Use, "writes" | "reads">): number =>
    writes * storagePrices.perWrite + reads * storagePrices.perRead;
