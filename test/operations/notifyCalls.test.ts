import assert from "node:assert/strict";
import { NotFoundError } from "../../errors";
import type { Message } from "../../operations/incidents";
import { notify, notifyEvent } from "../../operations/notify";
import { readEvent } from "../../pipeline/run";
import { memoryObjectStore } from "../support/memoryObjectStore";

function operators() {
    const store = memoryObjectStore();
    const messages: Message[] = [];
    const world = { store, publish: async (message: Message) => void messages.push(message) };
    const tell = async (event: unknown) =>
        (await notify(world, readEvent(notifyEvent, event, "notify"), "lookout/dev")).told;
    return { store, messages, tell };
}

const planning = { interval: "PT1H", scheduledTime: "2026-04-01T01:05:00Z" };
const arn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:lookout-dev-shop";
const scoring = { job: "advance", detectorArn: arn };
const tick = { scheduledTime: "2026-04-01T01:30:00Z" };

let requests = 0;
/** What Lambda sends to a destination. */
const record = (requestPayload: unknown, context: object, responsePayload?: unknown) => ({
    version: "1.0",
    timestamp: "2026-04-01T01:08:00.000Z",
    requestContext: {
        requestId: `r-${(requests += 1)}`,
        functionArn: "arn:aws:lambda:us-east-1:123456789012:function:plan-live-1234567:$LATEST",
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
        ...context,
    },
    requestPayload,
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    responsePayload,
});
const failed = (payload: unknown, errorType = "NotFoundError", errorMessage = 'the bucket "metrics" does not exist') =>
    record(payload, {}, { errorType, errorMessage, trace: ["at correct-horse"] });
const succeeded = (payload: unknown) => record(payload, { condition: "Success", approximateInvokeCount: 1 }, {});

describe("operations/notify, calls that nobody waits for", () => {
    it("says which job failed, how, and what to do", async () => {
        const { messages, tell } = operators();
        await tell(failed(planning));
        assert.equal(messages[0]?.subject, "Lookout: planning live windows (PT1H) failed");
        assert.equal(
            messages[0]?.text,
            [
                "Planning the live windows of the detectors with the interval PT1H of the stack lookout/dev failed, 3 times in a row.",
                "",
                'NotFoundError: the bucket "metrics" does not exist',
                "",
                'What to do: create what is missing; "pulumi up --refresh" brings back what belongs to the stack. The log of the function plan-live-1234567 says more.',
                "Detectors that could be planned were. The next tick plans the others' windows with its own, and nothing is lost.",
                "You will be told once more, when it works again.",
            ].join("\n"),
        );
    });

    it("names the detector whose learning or scoring failed, and the detection tick", async () => {
        const { messages, tell } = operators();
        await tell(failed(scoring, "Sandbox.Timedout", "Task timed out after 900.00 seconds"));
        await tell(failed(tick, "AccessDenied", "not authorized to perform: s3:ListBucket"));
        assert.match(
            messages[0]!.text,
            /^Learning and scoring of the detector "lookout-dev-shop" of the stack lookout\/dev/,
        );
        assert.match(messages[0]!.text, /timed out after 900[^]*more time or memory/);
        assert.match(messages[1]!.text, /^The detection tick[^]*which policy refuses it/);
    });

    it("tells once when a job begins to fail, and once when it works again", async () => {
        for (const event of [planning, scoring, tick]) {
            const { messages, tell } = operators();
            const told: boolean[] = [];
            for (const end of [succeeded, failed, failed, succeeded, succeeded, failed])
                told.push(await tell(end(event)));
            assert.deepEqual(told, [false, true, false, true, false, true]);
            assert.match(messages[1]!.subject, /works again$/);
        }
    });

    it("keeps jobs, intervals and detectors apart", async () => {
        const { tell } = operators();
        const events = [
            planning,
            { ...planning, interval: "PT5M" },
            scoring,
            { ...scoring, detectorArn: `${arn}-2` },
            tick,
        ];
        for (const event of events) assert.equal(await tell(failed(event)), true);
        assert.equal(await tell(succeeded({ ...planning, interval: "P1D" })), false);
    });

    it("is told of one failure once, also when the record comes twice", async () => {
        const { tell } = operators();
        const event = failed(planning);
        assert.equal(await tell(event), true);
        assert.equal(await tell(succeeded(planning)), true);
        assert.equal(await tell(event), false);
    });

    it("understands a call that was never made, and one that gave no reason", async () => {
        const { messages, tell } = operators();
        await tell(record(planning, { condition: "EventAgeExceeded", approximateInvokeCount: 0 }));
        await tell(record(tick, {}, null));
        assert.match(messages[0]!.text, /EventAgeExceeded: the call could not be made/);
        assert.match(messages[1]!.text, /RetriesExhausted: the function ended without an answer/);
    });

    it("tells of every failure while the bucket is gone, and says that it does", async () => {
        const { store, messages, tell } = operators();
        store.before = () => {
            throw new NotFoundError("the bucket does not exist");
        };
        assert.equal(await tell(failed(planning)), true);
        assert.equal(await tell(failed(planning)), true);
        assert.match(messages[0]!.text, /bucket could not be used to note that you were told/);
    });

    it("prints neither the trace nor anything else that the function was given", async () => {
        const { messages, tell } = operators();
        await tell(failed({ ...planning, password: "correct-horse" }));
        assert.doesNotMatch(messages[0]!.text, /correct-horse/);
    });

    it("leaves calls with an event of somebody's own to them", async () => {
        const { messages, tell } = operators();
        assert.equal(await tell(failed({ hello: 1 })), false);
        assert.equal(messages.length, 0);
    });

    it("tells that alerts do not arrive, and where they end, once, and that they arrive again", async () => {
        const { messages, tell } = operators();
        const deliver = { job: "deliver", detectorArn: arn };
        const nothingToDo = record(deliver, { condition: "Success" }, { delivered: 0, undeliverable: 1 });
        assert.ok(await tell(failed(deliver, "UndeliveredError", 'the alert "oncall" was not delivered: no pager')));
        assert.ok(!(await tell(failed(deliver, "UndeliveredError", "the same again"))));
        assert.ok(!(await tell(nothingToDo)), "an empty outbox proves nothing");
        assert.ok(await tell(record(deliver, { condition: "Success" }, { delivered: 1, undeliverable: 0 })));
        assert.deepEqual(
            messages.map(({ subject }) => subject),
            ["Lookout: alerts of lookout-dev-shop failed", "Lookout: alerts of lookout-dev-shop works again"],
        );
        assert.match(messages[0]!.text, /"oncall" was not delivered: no pager[^]*deadLettersUrl/);
    });

    it("tells that alerts do not arrive where the call returns because a tick will try them again", async () => {
        const { messages, tell } = operators();
        const ended = (response: object) =>
            record({ job: "deliver", detectorArn: arn }, { condition: "Success" }, { undeliverable: 0, ...response });
        const failure = 'the alert "oncall" was not delivered, 3 times so far: no pager';
        assert.ok(await tell(ended({ delivered: 0, waiting: 1, failure })));
        assert.match(
            messages[0]!.text,
            /^UndeliveredError: the alert "oncall" was not delivered, 3 times so far: no pager$/m,
        );
        assert.ok(!(await tell(ended({ delivered: 1, waiting: 1, failure }))), "one of two works again");
        assert.ok(await tell(ended({ delivered: 1, waiting: 0 })));
        assert.equal(messages[1]!.subject, "Lookout: alerts of lookout-dev-shop works again");
    });

    it("keeps the incidents of scoring and of delivering apart", async () => {
        const { tell } = operators();
        assert.ok(await tell(failed(scoring)));
        assert.ok(await tell(failed({ job: "deliver", detectorArn: arn })));
    });
});
