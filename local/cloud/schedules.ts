import { createHash } from "node:crypto";
import { formatInstant } from "./executions";
import { lambdaName } from "./events";
import { text, type Core } from "./providers/kind";
import { nextFiring } from "./scheduleExpression";
import type { Timer } from "./service";
import type { StoredResource } from "./state";

export const scheduleType = "aws:scheduler/schedule:Schedule";

interface Target {
    readonly arn: string;
    readonly roleArn: string;
    readonly input?: string;
}

/** The schedules that are set, as timers in the background of the clock. */
export class Schedules {
    private readonly timers = new Map<string, Timer>();

    constructor(private readonly core: () => Core) {}

    /** Sets a schedule anew, from now on. Throws when its expression is not one. */
    set(id: string, inputs: Readonly<Record<string, unknown>>, created: number): void {
        this.clear(id);
        const { clock } = this.core();
        const expression = text(inputs, "scheduleExpression");
        const zone = (inputs.scheduleExpressionTimezone as string | undefined) ?? "UTC";
        const next = nextFiring(expression, zone, created, clock.now());
        if (next !== undefined && inputs.state !== "DISABLED") {
            const work = (): void => {
                this.set(id, inputs, created);
                this.fire(id, inputs.target as Target, next);
            };
            this.timers.set(id, clock.at(next, work, { background: true }));
        }
    }

    clear(id: string): void {
        this.timers.get(id)?.cancel();
        this.timers.delete(id);
    }

    /** Sets the schedules that a reopened state holds. */
    restore(schedules: readonly StoredResource[]): void {
        for (const { id, inputs, outputs } of schedules) {
            this.set(id, { ...inputs }, Number(outputs.createdAt));
        }
    }

    private fire(id: string, { arn, roleArn, input = "{}" }: Target, scheduled: number): void {
        const core = this.core();
        const payload = fillIn(input, {
            "aws.scheduler.scheduled-time": formatInstant(scheduled).replace(/\.\d+Z$/, "Z"),
            "aws.scheduler.schedule-arn": scheduleArn(core, id),
            "aws.scheduler.execution-id": createHash("sha256").update(`${id} ${scheduled}`).digest("hex").slice(0, 32),
            "aws.scheduler.attempt-number": "1",
        });
        if (lambdaName(arn) !== undefined) {
            this.authorize(id, roleArn, "lambda:InvokeFunction", arn);
            core.functions.invokeAsync(arn, payload);
        } else if (/^arn:[^:]+:states:/.test(arn)) {
            this.authorize(id, roleArn, "states:StartExecution", arn);
            core.executions.start(arn, payload);
        } else {
            throw new Error(
                `the embedded cloud schedules functions and state machines only; ${id} has the target ${arn}`,
            );
        }
    }

    private authorize(id: string, roleArn: string, action: string, resource: string): void {
        if (!this.core().wire.allows(roleArn, { action, resource })) {
            throw new Error(
                `schedule ${id} cannot reach its target: ${roleArn} is not allowed ${action} on ${resource}`,
            );
        }
    }
}

/** ARN of a schedule by its id, `<group>/<name>`. */
export function scheduleArn({ partition, region, accountId }: Core, id: string): string {
    return `arn:${partition}:scheduler:${region}:${accountId}:schedule/${id}`;
}

/** Replaces `<aws.scheduler.…>` in a target's input. */
function fillIn(input: string, attributes: Readonly<Record<string, string>>): string {
    return input.replace(/<(aws\.scheduler\.[a-z-]+)>/g, (whole, name: string) => attributes[name] ?? whole);
}
