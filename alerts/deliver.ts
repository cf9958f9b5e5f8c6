import { wayToTarget, type Access } from "../detection/access";
import { alertArn, detectorArn, type Place } from "../detection/api/arns";
import type { OnBehalf } from "../detection/aws/roles";
import { targetArnOf, type AlertRecord, type AlertStore } from "../detection/store/alerts";
import { LookoutError } from "../errors";
import { mapConcurrently } from "../pipeline/concurrently";
import type { Document } from "../pipeline/documents";
import { delayMs, lambdaCalls, leaseMs, mostTries } from "./backOff";
import type { Notice } from "./notice";
import { eventIdOf, isOf, type Outbox } from "./outbox";
import { payloadOf } from "./payload";
import type { Senders } from "./senders";
import { longText, shortText, subjectOf, type Telling } from "./texts";

/** What delivery works with. */
export interface DeliveryWorld {
    readonly outbox: Outbox;
    readonly alerts: Pick<AlertStore, "read">;
    readonly senders: Senders;
    readonly access: Access;
    readonly place: Place;
    /** Where links in messages begin, without a trailing slash; undefined for messages without links. */
    readonly linkBase?: string;
}

/** What a delivery did. */
export interface Delivered {
    readonly delivered: number;
    /** Given up, and in the queue of dead letters now. */
    readonly undeliverable: number;
    /** Failed, now or before, and to be tried again. */
    readonly waiting: number;
    /** Of those that wait: why one of them failed. */
    readonly failure?: string;
}

/** Alerts that could not be told, and will be tried again by the next call of the same job. */
export class UndeliveredError extends LookoutError {
    override readonly name = "UndeliveredError";
}

/** Notices that are sent at the same time: a function may be slow, and the others must not wait for it. */
const mostAtOnce = 8;

type Fate = "delivered" | "undeliverable" | "gone" | "elsewhere" | Waiting;

/** A notice that has failed. `isDueSoon` when Lambda's next call of the job finds it due. */
interface Waiting {
    readonly why: string;
    readonly isDueSoon: boolean;
}

/**
 * Sends what waits in a detector's outbox and is due. Each notice is sent at least once: it leaves the outbox after it has arrived, and a
 * target that fails is tried again, later and later, until its notice becomes a dead letter. `now` is the clock, in milliseconds since
 * 1970. Throws UndeliveredError when Lambda's next call of the job would find a notice due that failed in this one; what failed more often
 * waits for a tick, and a job must not fail for it: there is nothing that repeating it could do.
 */
export async function deliverAlerts(world: DeliveryWorld, detector: string, now: () => number): Promise<Delivered> {
    const items: Document<Notice>[] = [];
    for await (const item of world.outbox.waiting(detector)) items.push(item);
    const fates = await mapConcurrently(items, mostAtOnce, (item) => deliverOne(world, item, now));
    const count = (fate: Fate): number => fates.filter((other) => other === fate).length;
    const waiting = fates.filter((fate) => typeof fate === "object");
    const soon = waiting.filter(({ isDueSoon }) => isDueSoon);
    if (soon.length > 0) throw new UndeliveredError(failureOf(soon)!, { detector });
    const failure = failureOf(waiting);
    return {
        delivered: count("delivered"),
        undeliverable: count("undeliverable"),
        waiting: waiting.length,
        ...(failure === undefined ? {} : { failure }),
    };
}

function failureOf([first, ...others]: readonly Waiting[]): string | undefined {
    return others.length === 0 ? first?.why : `${first!.why} (and ${others.length} more)`;
}

async function deliverOne(world: DeliveryWorld, found: Document<Notice>, now: () => number): Promise<Fate> {
    const { outbox } = world;
    const item = found.value;
    const alert = await world.alerts.read(item.alert);
    if (!isOf(item, alert)) {
        await outbox.drop(item);
        return "gone";
    }
    if (item.notBefore > now())
        return item.failure === undefined ? "elsewhere" : { why: waitingText(item), isDueSoon: false };
    if ((await outbox.outcomeOf(item)) !== undefined) {
        await outbox.drop(item);
        return "gone";
    }
    // Taken before it is sent: whoever else delivers at this moment leaves it alone, and a crash costs one lease.
    const tries = item.tries + 1;
    const taken = await outbox.change(found, { ...item, tries, notBefore: now() + leaseMs });
    if (taken === undefined) return "elsewhere";
    try {
        await send(world, taken.value, alert);
    } catch (error) {
        return failed(world, taken, alert, { failure: textOf(error), at: now() });
    }
    await outbox.settle(item, { version: 1, outcome: "delivered", at: now(), tries });
    return "delivered";
}

async function failed(
    world: DeliveryWorld,
    taken: Document<Notice>,
    alert: AlertRecord,
    { failure, at }: { readonly failure: string; readonly at: number },
): Promise<Fate> {
    const { tries } = taken.value;
    const item = { ...taken.value, failure, notBefore: at + delayMs(tries) };
    if (tries < mostTries) {
        await world.outbox.change(taken, item);
        return { why: waitingText(item), isDueSoon: tries < lambdaCalls };
    }
    await world.senders.deadLetter(letterOf(world, item, alert));
    await world.outbox.settle(item, { version: 1, outcome: "undeliverable", at, tries, failure });
    return "undeliverable";
}

async function send(world: DeliveryWorld, item: Notice, alert: AlertRecord): Promise<void> {
    const { target } = alert;
    const targetArn = targetArnOf(target);
    const way = wayToTarget(world.access, { targetArn, roleArn: target.roleArn });
    if ("refusal" in way) throw new Error(way.refusal.message);
    const telling = tellingOf(world, item, alert);
    const arns = arnsOf(world, item);
    const on: OnBehalf | undefined = way.roleArn === undefined ? undefined : { ...way, ...arns, roleArn: way.roleArn };
    if (target.type === "LAMBDA") return world.senders.invoke(targetArn, payloadOf(telling, arns), on);
    const eventId = eventIdOf(arns.alertArn, item);
    const message = { ...messageOf(telling, arns, target.format), eventId, detector: item.detector };
    await world.senders.publish(targetArn, message, on);
}

type Format = Extract<AlertRecord["target"], { type: "SNS" }>["format"];

function messageOf(telling: Telling, arns: Arns, format: Format): { readonly subject?: string; readonly text: string } {
    switch (format) {
        case "JSON":
            return { text: payloadOf(telling, arns) };
        case "LONG_TEXT":
            return { subject: subjectOf(telling), text: longText(telling) };
        case "SHORT_TEXT":
            return { subject: subjectOf(telling), text: shortText(telling) };
    }
}

type Arns = ReturnType<typeof arnsOf>;

const arnsOf = ({ place }: DeliveryWorld, { alert, detector }: Notice) => ({
    alertArn: alertArn(place, alert),
    detectorArn: detectorArn(place, detector),
});

function tellingOf({ linkBase }: DeliveryWorld, item: Notice, alert: AlertRecord): Telling {
    const link =
        linkBase === undefined ? undefined : `${linkBase}/lookout/v1/detectors/${item.detector}/groups/${item.group}`;
    return { notice: item, alert, link };
}

/** A dead letter: what was to be told, to whom, and why it could not be. */
function letterOf(world: DeliveryWorld, item: Notice, alert: AlertRecord): string {
    const { tries, failure } = item;
    const payload = JSON.parse(payloadOf(tellingOf(world, item, alert), arnsOf(world, item))) as unknown;
    return JSON.stringify({ kind: "alert", ...arnsOf(world, item), target: alert.target, tries, failure, payload });
}

const waitingText = ({ alert, tries, failure }: Notice): string =>
    `the alert "${alert}" was not delivered, ${tries === 1 ? "once" : `${tries} times`} so far: ${failure}`;

const textOf = (error: unknown): string =>
    (error instanceof Error
        ? `${error.name === "Error" ? "" : `${error.name}: `}${error.message}`
        : String(error)
    ).slice(0, 500);
