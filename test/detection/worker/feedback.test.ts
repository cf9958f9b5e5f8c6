import assert from "node:assert/strict";
import { verdictIndex } from "../../../detection/engine/verdicts";
import { openDetectorStore } from "../../../detection/store/detectors";
import { openFeedback, type FeedbackEntry, type FeedbackRecord } from "../../../detection/store/feedback";
import type { GroupRecord } from "../../../detection/store/groupRecord";
import { createRunCache, openRun } from "../../../detection/store/runs";
import { openCalendar } from "../../../detection/worker/calendar";
import { readMarks } from "../../../detection/worker/feedbackMarks";
import { readScores } from "../../../detection/worker/readScores";
import { openWork } from "../../../detection/worker/work";
import { runJob } from "../../../detection/worker/worker";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { activatedShop } from "../../support/shopDetector";
import { shopLedger } from "../../support/shopLedger";
import { storedGroups } from "../../support/storedGroups";

const hour = 3_600_000;

/** A shop's hour in which the views of mobile_app/de are so many times what they would have been. */
function csvOf(ledger: ReturnType<typeof shopLedger>, h: number, factor: number): string {
    const [header, ...rows] = ledger
        .csv(h, h + 1)
        .trimEnd()
        .split("\n") as [string, ...string[]];
    const shifted = rows.map((row) => {
        const fields = row.split(",");
        if (fields[1] === "mobile_app" && fields[2] === "de")
            fields[3] = String(Math.round(Number(fields[3]) * factor));
        return fields.join(",");
    });
    return `${[header, ...shifted].join("\n")}\n`;
}

/** A detector that has scored 10 quiet hours and one in which a metric is three times as high. */
async function shop() {
    const objects = memoryObjectStore();
    const ledger = shopLedger(objects, { historyDays: 28, liveHours: 80, pairs: 3, shiftChance: 0 });
    const detectors = openDetectorStore(objects);
    await ledger.commitHistory();
    await detectors.create(activatedShop(ledger));
    const services = {
        detectors,
        buckets: { own: "metrics", store: objects, open: () => objects },
        cache: createRunCache(),
    };
    const advance = () => runJob(services, { job: "advance", detector: "shop" }, ledger.live + 100 * hour);
    const commit = (h: number, factor: number) => ledger.commitHour(h, csvOf(ledger, 28 * 24 + h, factor));
    const run = () => openRun(objects, "shop", "r-1", createRunCache());
    await advance();
    for (let h = 0; h < 10; h++) await commit(h, 1);
    await commit(10, 3);
    for (let h = 11; h < 34; h++) await commit(h, 1);
    await advance();
    return {
        objects,
        ledger,
        services,
        advance,
        commit,
        record: async () => (await detectors.read("shop"))!,
        groups: async () => {
            const found: GroupRecord[] = [];
            const { record } = (await run().progress())!;
            for await (const group of storedGroups(objects, ["shop", "r-1"], record)) found.push(group);
            return found;
        },
        /** What was said of the views of mobile_app/de in an hour: verdict and severity. */
        judged: async (h: number) => {
            const progress = (await run().progress())!.record;
            const calendar = openCalendar("PT1H", "UTC");
            const at = ledger.live / hour + h;
            const [found] = await readScores(
                { store: run(), calendar, progress },
                { first: at, last: at, series: [0] },
            );
            const { verdict, severity } = found!.points[0]!;
            return { verdict, severity };
        },
    };
}

type Shop = Awaited<ReturnType<typeof shop>>;

/** Says of the group's first member whether it was an anomaly. */
async function say(world: Shop, group: GroupRecord, isAnomaly: boolean, members: Partial<FeedbackRecord> = {}) {
    const [member] = group.members;
    const { createdAt } = await world.record();
    const entry: FeedbackEntry = {
        timeSeriesId: "t",
        values: member!.values,
        isAnomaly,
        at: world.ledger.live,
        weight: member!.weight,
        severity: member!.severity,
        peak: member!.peak,
    };
    const { id, measure, start, end } = group;
    const about = { group: id, run: "r-1", detectorCreatedAt: createdAt, measure, start, end, ...members };
    await openFeedback(world.objects, "shop").put(about, entry);
}

async function viewsGroup(world: Shop): Promise<GroupRecord> {
    const at = world.ledger.live + 10 * hour;
    const found = (await world.groups()).find(({ measure, start }) => measure === "views" && start === at);
    assert.ok(found !== undefined, "the threefold hour is a group");
    return found;
}

describe("detection/worker, feedback", () => {
    it("makes the like of what was no anomaly less severe for that metric", async () => {
        const world = await shop();
        assert.equal((await world.judged(10)).verdict, verdictIndex("anomalous"));
        await say(world, await viewsGroup(world), false);
        await world.commit(34, 3);
        await world.advance();
        const { verdict, severity } = await world.judged(34);
        assert.equal(verdict, verdictIndex("lowered by feedback"));
        assert.ok(severity < 50);
    });

    it("is as severe as before for something larger, and without a word", async () => {
        const [silent, told] = [await shop(), await shop()];
        await say(told, await viewsGroup(told), false);
        for (const world of [silent, told]) {
            await world.commit(34, 9);
            await world.advance();
            assert.equal((await world.judged(34)).verdict, verdictIndex("anomalous"));
        }
        assert.deepEqual(await told.judged(34), await silent.judged(34));
    });

    it("does not count what was said of an earlier detector of the name, or of what there is no more", async () => {
        const world = await shop();
        const group = await viewsGroup(world);
        await say(world, group, false, { detectorCreatedAt: 1 });
        const gone = "00000000-0000-4000-8000-000000000000";
        await say(world, { ...group, measure: "visits", id: gone }, false);
        const [member] = group.members;
        const elsewhere = { ...group, id: gone.replace("0", "1"), members: [{ ...member!, values: ["tv", "de"] }] };
        await say(world, elsewhere, false);
        const work = openWork(await world.record(), world.services, world.ledger.live)!;
        assert.deepEqual(await readMarks(work, [["mobile_app", "de"]]), []);
    });
});
