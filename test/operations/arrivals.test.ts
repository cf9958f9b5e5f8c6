import assert from "node:assert/strict";
import { z } from "zod";
import { arrivalOf } from "../../operations/arrivals";
import type { Message } from "../../operations/incidents";
import { notify, notifyEvent } from "../../operations/notify";
import type { ArrivalEvent } from "../../pipeline/arrivalRecord";
import { readEvent, runRecord, runResult } from "../../pipeline/run";
import { memoryObjectStore } from "../support/memoryObjectStore";
import { at, hour, liveRun } from "../support/shop";

const empty: ArrivalEvent = { window: hour("2026-01-11T00:00"), kind: "empty", rows: 0, usual: 412.25, severity: 60 };

/** What a live run that went well says of its newest window. */
const closed = (number: number, arrival: ArrivalEvent | null) => ({
    run: z.encode(runRecord, { ...liveRun, execution: `${liveRun.execution}-${number}` }),
    result: z.encode(runResult, {
        outcome: "ok",
        committed: 1,
        parked: 0,
        rows: 0,
        remaining: 0,
        setAside: 0,
        watermark: at("2026-01-11"),
        message: "all is well",
        arrival,
    }),
});

describe("operations/arrivals", () => {
    it("tell once that rows do not come, however often they do not, and once that they come again", async () => {
        const messages: Message[] = [];
        const world = { store: memoryObjectStore(), publish: async (message: Message) => void messages.push(message) };
        const tell = (event: unknown) => notify(world, readEvent(notifyEvent, event, "notify"), "lookout/dev");
        const told: boolean[] = [];
        const more = { ...empty, severity: 70 };
        for (const [number, arrival] of [null, empty, more, more, null, null].entries())
            told.push((await tell(closed(number, arrival))).told);
        assert.deepEqual(told, [false, true, false, false, true, false]);
        assert.deepEqual(
            messages.map(({ subject }) => subject),
            ["Lookout: shop has no rows, severity 60", "Lookout: shop has rows again"],
        );
        assert.match(
            messages[0]!.text,
            /The window 2026-01-11T00:00:00Z\/2026-01-11T01:00:00Z has no rows; such a window usually has 412\./,
        );
        assert.match(messages[0]!.text, /lookout:detectors\.shop\.lateness/);
    });

    it("tell of few rows as few", async () => {
        const messages: Message[] = [];
        const world = { store: memoryObjectStore(), publish: async (message: Message) => void messages.push(message) };
        const short: ArrivalEvent = { ...empty, kind: "short", rows: 31, severity: 55 };
        await notify(world, readEvent(notifyEvent, closed(1, short), "notify"), "lookout/dev");
        assert.equal(messages[0]!.subject, "Lookout: shop has few rows, severity 55");
        assert.match(messages[0]!.text, /has 31 rows; such a window usually has 412/);
    });

    it("tell once that rows came late, with its own severity, and once that they come in time again", async () => {
        const messages: Message[] = [];
        const world = { store: memoryObjectStore(), publish: async (message: Message) => void messages.push(message) };
        const tell = async (number: number, arrival: ArrivalEvent | null) =>
            (await notify(world, readEvent(notifyEvent, closed(number, arrival), "notify"), "lookout/dev")).told;
        const late: ArrivalEvent = {
            ...{ ...empty, kind: "late", rows: 400, severity: 45 },
            ...{ delaySeconds: 11_100, usualDelaySeconds: 420 },
        };
        const told = [await tell(1, late), await tell(2, late), await tell(3, null), await tell(4, null)];
        assert.deepEqual(told, [true, false, true, false]);
        assert.equal(messages[0]!.subject, "Lookout: shop has late rows, severity 45");
        assert.match(messages[0]!.text, /T01:00:00Z got its 400 rows 3 h 5 min after its end, usually 7 min\./);
        assert.match(messages[1]!.text, /come again as usual\.\n\nFound last: The window .* 3 h 5 min after its end/);
        // Rows that were missed and then come late are one incident: told when it begins, and with what was found when it ends.
        assert.deepEqual([await tell(5, empty), await tell(6, late), await tell(7, null)], [true, false, true]);
        assert.deepEqual(
            messages.slice(2).map(({ subject }) => subject),
            ["Lookout: shop has no rows, severity 60", "Lookout: shop has rows again"],
        );
        assert.match(messages[3]!.text, /Found last: .*3 h 5 min/);
    });

    it("say how late rows came in whole minutes, of which an hour never has 60", () => {
        const sentence = (delaySeconds: number, usualDelaySeconds: number) => {
            const arrival: ArrivalEvent = { ...empty, kind: "late", rows: 400, delaySeconds, usualDelaySeconds };
            const result = runResult.parse(closed(1, arrival).result);
            return arrivalOf(liveRun, result)?.failure?.message.replace(/^.* rows /, "");
        };
        assert.deepEqual(
            [sentence(7_190, 3_590), sentence(7_169, 3_569), sentence(89, 59), sentence(3_600, 60)],
            [
                "2 h after its end, usually 1 h.",
                "1 h 59 min after its end, usually 59 min.",
                "1 min after its end, usually 59 s.",
                "1 h after its end, usually 1 min.",
            ],
        );
    });
});
