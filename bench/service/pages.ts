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
export async function measurePages(folder: string, rounds = 15): Promise<Pages> {
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
    const cost = async (token: string | undefined): Promise<PageCost> => {
        const [cold, again]: [number[], number[]] = [[], []];
        let requests = 0;
        for (let round = 0; round < rounds; round++) {
            const fresh = contextOf(folder);
            const counted = countRequests(fresh);
            cold.push(await timed(() => list(counted.context, token)));
            requests = counted.requests();
            again.push(await timed(() => list(warm, token)));
        }
        return { coldMs: median(cold), warmMs: median(again), requests };
    };
    const [first, second, last] = [await cost(undefined), await cost(tokens[1]), await cost(tokens.at(-1))];
    return { count: tokens.length, first, second, last };
}

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
