import { performance } from "node:perf_hooks";
import { createDetectionApi } from "../../detection/api/app";
import type { ApiContext } from "../../detection/api/context";
import type { ObjectStore } from "../../objects/objectStore";
import { median } from "./median";
import { contextOf, detectorArn } from "./stored";

/** What a page costs, the first process to ask for it and one that has asked before. */
export interface PageCost {
    /** Milliseconds. */
    readonly coldMs: number;
    readonly warmMs: number;
    /** Requests to the object store, cold. */
    readonly requests: number;
}

export interface Pages {
    /** Pages of a hundred groups. */
    readonly count: number;
    /** With the statistics, which come with the first page only. */
    readonly first: PageCost;
    readonly second: PageCost;
    readonly last: PageCost;
}

interface Page {
    readonly AnomalyGroupSummaryList: readonly unknown[];
    readonly NextToken?: string;
}

/** Lists all groups once, and then the pages at both ends again and again. */
export async function measurePages(folder: string, rounds = 25): Promise<Pages> {
    const tokens: (string | undefined)[] = [];
    const warm = contextOf(folder);
    let groups = 0;
    for (let token: string | undefined; ;) {
        tokens.push(token);
        const page = await list(warm, token);
        groups += page.AnomalyGroupSummaryList.length;
        token = page.NextToken;
        if (token === undefined) break;
    }
    if (groups === 0) throw new Error("no groups were listed");
    const ends = { first: undefined, second: tokens[1], last: tokens.at(-1) };
    const costs = { first: noCost(), second: noCost(), last: noCost() };
    // In turns, so that whatever else the machine does meets all of them alike.
    for (let round = 0; round < rounds; round++)
        for (const which of ["first", "second", "last"] as const) {
            const counted = countRequests(contextOf(folder));
            costs[which].cold.push(await timed(() => list(counted.context, ends[which])));
            costs[which].warm.push(await timed(() => list(warm, ends[which])));
            costs[which].requests = counted.requests();
        }
    const of = (which: keyof typeof costs): PageCost => ({
        coldMs: median(costs[which].cold),
        warmMs: median(costs[which].warm),
        requests: costs[which].requests,
    });
    return { count: tokens.length, first: of("first"), second: of("second"), last: of("last") };
}

const noCost = (): { cold: number[]; warm: number[]; requests: number } => ({ cold: [], warm: [], requests: 0 });

async function list(context: ApiContext, NextToken: string | undefined): Promise<Page> {
    const body = JSON.stringify({ AnomalyDetectorArn: detectorArn, SensitivityThreshold: 0, NextToken });
    const answer = await createDetectionApi(context).request("/ListAnomalyGroupSummaries", { method: "POST", body });
    if (!answer.ok) throw new Error(`a page answered ${answer.status}`);
    return (await answer.json()) as Page;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
    const began = performance.now();
    await act();
    return performance.now() - began;
}

function countRequests(context: ApiContext): { readonly context: ApiContext; requests(): number } {
    let count = 0;
    const { objects } = context;
    const counting: ObjectStore = {
        ...objects,
        get: (key) => {
            count++;
            return objects.get(key);
        },
        list: (prefix, after) => {
            count++;
            return objects.list(prefix, after);
        },
    };
    return { context: { ...context, objects: counting }, requests: () => count };
}
