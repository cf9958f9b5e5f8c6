import assert from "node:assert/strict";
import { delayMs, lambdaCalls, leaseMs, longestSendMs, mostTries } from "../../alerts/backOff";
import { deliverAlerts, type DeliveryWorld } from "../../alerts/deliver";
import { openOutbox } from "../../alerts/outbox";
import type { OnBehalf } from "../../detection/aws/roles";
import { openAlerts, type AlertRecord } from "../../detection/store/alerts";
import { alertOf, group, noticeFor, oddHour, page, storeWith, topic } from "../support/alertWorld";

const role = "arn:aws:iam::123456789012:role/alerts";
const detectorArn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop";

interface Sent {
    readonly to: string;
    readonly text: string;
    readonly on: OnBehalf | undefined;
}

/** An outbox with one notice of each alert, and senders that fail as long as they are told to. */
async function world(...alerts: readonly AlertRecord[]) {
    const store = await storeWith(...alerts);
    const outbox = openOutbox(store);
    for (const alert of alerts) await outbox.put(noticeFor(alert));
    const sent: Sent[] = [];
    const letters: Record<string, unknown>[] = [];
    const target: { fails?: string } = {};
    const send = async (to: string, text: string, on: OnBehalf | undefined): Promise<void> => {
        if (target.fails !== undefined) throw new Error(target.fails);
        sent.push({ to, text, on });
    };
    const delivery: DeliveryWorld = {
        outbox,
        alerts: openAlerts(store),
        senders: {
            publish: (to, { text }, on) => send(to, text, on),
            invoke: send,
            deadLetter: async (letter) => void letters.push(JSON.parse(letter) as Record<string, unknown>),
        },
        access: { ownBucket: "metrics", roles: [role], targets: [topic, page] },
        place: { partition: "aws", region: "us-east-1", accountId: "123456789012" },
    };
    return {
        store,
        outbox,
        delivery,
        sent,
        letters,
        target,
        deliver: (now = oddHour) => deliverAlerts(delivery, "shop", () => now),
    };
}

/** A delivery whose only notice fails: it throws as long as Lambda's next call finds something to do, and returns after. */
async function failing(tries: number, deliver: () => Promise<{ readonly waiting: number }>): Promise<void> {
    if (tries < lambdaCalls) await assert.rejects(deliver(), { name: "UndeliveredError" });
    else assert.equal((await deliver()).waiting, 1);
}

describe("alerts/deliver", () => {
    it("sends a notice once, keeps its outcome and takes it out", async () => {
        const { store, sent, deliver } = await world(alertOf());
        assert.deepEqual(await deliver(), { delivered: 1, undeliverable: 0, waiting: 0 });
        assert.deepEqual(await deliver(), { delivered: 0, undeliverable: 0, waiting: 0 });
        assert.deepEqual(
            sent.map(({ to, on }) => [to, on]),
            [[topic, undefined]],
        );
        assert.deepEqual(store.keys("_detection/outbox/"), []);
        const outcome = store.json(`_detection/alerted/shop/shop-revenue/a1/${group.id}.json`) as { outcome: string };
        assert.equal(outcome.outcome, "delivered");
    });

    it("gives a function the JSON whatever else there is, and a topic its format", async () => {
        const target = { type: "LAMBDA", functionArn: page } as const;
        const text = { type: "SNS", topicArn: topic, format: "SHORT_TEXT" } as const;
        const { sent, deliver } = await world(alertOf({ target }), alertOf({ name: "text", id: "a2", target: text }));
        assert.equal((await deliver()).delivered, 2);
        const [first, second] = [...sent].sort(({ to }) => (to === page ? -1 : 1));
        assert.equal((JSON.parse(first!.text) as { anomalyGroupId: string }).anomalyGroupId, group.id);
        assert.match(second!.text, /^Anomaly in revenue of shop/);
    });

    it("assumes the role of the alert, in the name of the detector", async () => {
        const target = {
            type: "SNS",
            topicArn: "arn:aws:sns:eu-west-1:210987654321:theirs",
            format: "JSON",
            roleArn: role,
        } as const;
        const { sent, deliver } = await world(alertOf({ target }));
        await deliver();
        const { roleArn, detectorArn: inTheNameOf } = sent[0]!.on!;
        assert.deepEqual([roleArn, inTheNameOf], [role, detectorArn]);
    });

    it("sends nothing to a stranger's target, though the alert says so", async () => {
        const target = { type: "SNS", topicArn: "arn:aws:sns:us-east-1:123456789012:strange", format: "JSON" } as const;
        const { sent, deliver } = await world(alertOf({ target }));
        await assert.rejects(deliver(), { name: "UndeliveredError", message: /strange is not among the targets/ });
        assert.deepEqual(sent, []);
    });

    it("tries again later and later, and not before", async () => {
        const { sent, target, deliver } = await world(alertOf());
        target.fails = "no pager";
        await assert.rejects(deliver(), {
            name: "UndeliveredError",
            message: 'the alert "shop-revenue" was not delivered, once so far: no pager',
        });
        target.fails = undefined;
        assert.deepEqual(await deliver(oddHour + delayMs(1) - 1), {
            delivered: 0,
            undeliverable: 0,
            waiting: 1,
            failure: 'the alert "shop-revenue" was not delivered, once so far: no pager',
        });
        assert.deepEqual(sent, []);
        assert.equal((await deliver(oddHour + delayMs(1))).delivered, 1);
        assert.equal(sent.length, 1);
    });

    it("waits less than Lambda does before its second and third call, and some two hours in all", () => {
        const delays = Array.from({ length: mostTries - 1 }, (_, i) => delayMs(i + 1));
        assert.ok(delays[0]! < 60_000 && delays[1]! < 120_000);
        const hours = delays.reduce((sum, delay) => sum + delay, 0) / 3_600_000;
        assert.ok(hours > 2 && hours < 3, String(hours));
    });

    it("buries a notice after its last try, with the message, its target and the reason", async () => {
        const { store, target, letters, deliver } = await world(alertOf());
        target.fails = "no pager";
        let now = oddHour;
        for (let tries = 1; tries < mostTries; tries++) {
            await failing(tries, () => deliver(now));
            now += delayMs(tries);
        }
        assert.deepEqual(letters, []);
        assert.deepEqual(await deliver(now), { delivered: 0, undeliverable: 1, waiting: 0 });
        const [letter, ...more] = letters;
        assert.deepEqual(more, []);
        const { payload, ...rest }: Record<string, unknown> = letter ?? {};
        assert.deepEqual(rest, {
            kind: "alert",
            alertArn: "arn:aws:lookoutmetrics:us-east-1:123456789012:Alert:shop-revenue",
            detectorArn,
            target: alertOf().target,
            tries: mostTries,
            failure: "no pager",
        });
        assert.equal((payload as { anomalyGroupId: string }).anomalyGroupId, group.id);
        assert.deepEqual(store.keys("_detection/outbox/"), []);
        assert.deepEqual(await deliver(now), { delivered: 0, undeliverable: 0, waiting: 0 });
    });

    it("keeps a notice whose dead letter could not be written", async () => {
        const { store, target, delivery, deliver } = await world(alertOf());
        target.fails = "no pager";
        let now = oddHour;
        for (let tries = 1; tries < mostTries; tries++) {
            await failing(tries, () => deliver(now));
            now += delayMs(tries);
        }
        const broken = { ...delivery.senders, deadLetter: async () => Promise.reject(new Error("no queue")) };
        await assert.rejects(
            deliverAlerts({ ...delivery, senders: broken }, "shop", () => now),
            /no queue/,
        );
        assert.equal(store.keys("_detection/outbox/").length, 1);
    });

    it("sends again what was sent when the process died before it could say so", async () => {
        const { store, sent, deliver } = await world(alertOf());
        store.before = (operation, key) => {
            if (operation === "put" && key.includes("/alerted/")) throw new Error("died");
        };
        await assert.rejects(deliver(), /died/);
        store.before = undefined;
        assert.equal((await deliver(oddHour + leaseMs - 1)).delivered, 0);
        assert.equal((await deliver(oddHour + leaseMs)).delivered, 1);
        assert.equal(sent.length, 2);
    });

    it("lets one of two deliveries at once have a notice", async () => {
        const { sent, deliver } = await world(alertOf());
        const outcomes = await Promise.all([deliver(), deliver()]);
        assert.equal(
            outcomes.reduce((sum, { delivered }) => sum + delivered, 0),
            1,
        );
        assert.equal(sent.length, 1);
    });

    it("leaves a notice to its sender for as long as that may take, also when other notices were sent before it", async () => {
        const lambda = { type: "LAMBDA", functionArn: page } as const;
        const { delivery } = await world(alertOf({ target: lambda }));
        let clock = oddHour;
        let begun = 0;
        const answers: (() => void)[] = [];
        const invoke = async () => {
            begun++;
            await new Promise<void>((resolve) => answers.push(resolve));
        };
        const slow = { ...delivery, senders: { ...delivery.senders, invoke } };
        const first = deliverAlerts(slow, "shop", () => clock);
        while (answers.length === 0) await new Promise(setImmediate);
        clock += longestSendMs;
        assert.equal((await deliverAlerts(slow, "shop", () => clock)).delivered, 0);
        assert.equal(begun, 1);
        answers[0]!();
        assert.equal((await first).delivered, 1);
    });

    it("counts the wait from the failure, and the lease from when the notice is taken", async () => {
        const { store, delivery } = await world(alertOf());
        const key = `_detection/outbox/shop/shop-revenue/a1/${group.id}.json`;
        const notBefore = () => (store.json(key) as { notBefore: string }).notBefore;
        const iso = (at: number) => new Date(at).toISOString();
        let clock = oddHour;
        const publish = async () => {
            assert.equal(Date.parse(notBefore()), oddHour + leaseMs);
            clock += longestSendMs;
            throw new Error("no answer");
        };
        const slow = { ...delivery, senders: { ...delivery.senders, publish } };
        await assert.rejects(
            deliverAlerts(slow, "shop", () => clock),
            { name: "UndeliveredError" },
        );
        assert.equal(iso(Date.parse(notBefore())), iso(oddHour + longestSendMs + delayMs(1)));
    });

    it("drops what an alert had to tell that is gone, or is another by now", async () => {
        const { store, sent, delivery, deliver } = await world(alertOf());
        await openAlerts(store).remove(alertOf());
        assert.deepEqual(await deliver(), { delivered: 0, undeliverable: 0, waiting: 0 });
        assert.deepEqual(store.keys("_detection/outbox/"), []);
        await delivery.outbox.put(noticeFor());
        await openAlerts(store).create(alertOf({ id: "b7" }), async () => true);
        await deliver();
        assert.deepEqual([sent, store.keys("_detection/outbox/")], [[], []]);
    });

    it("goes by the alert as it is when the message is sent", async () => {
        const { store, sent, deliver } = await world(alertOf());
        const other = "arn:aws:sns:us-east-1:123456789012:oncall";
        await openAlerts(store).change("shop-revenue", (current) => ({
            ...current,
            target: { type: "SNS", topicArn: other, format: "LONG_TEXT" },
        }));
        await deliver();
        assert.match(sent[0]!.text, /^Revenue left its normal course/);
    });

    it("delivers the others when one alert fails", async () => {
        const { sent, delivery } = await world(
            alertOf(),
            alertOf({ name: "zz", id: "a2", target: { type: "LAMBDA", functionArn: page } }),
        );
        const publish = async () => Promise.reject(new Error("no topic"));
        const failing = { ...delivery, senders: { ...delivery.senders, publish } };
        await assert.rejects(
            deliverAlerts(failing, "shop", () => oddHour),
            /"shop-revenue" was not delivered.*no topic/,
        );
        assert.deepEqual(
            sent.map(({ to }) => to),
            [page],
        );
    });
});
