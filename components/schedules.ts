import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DetectorConfig } from "../config/schema";
import { detectionCron, detectionTicksPerHour, planningCron } from "./cron";
import { policyDocument, trustDocument } from "./grants";
import type { LambdaFunction } from "./lambdaFunction";
import { offsetsByInterval } from "./offsets";
import type { Site } from "./site";
import { type Transform, transformed } from "./transform";

/** Replaced by the scheduler with the instant that a tick was meant for, however late it comes. */
const scheduledTime = "<aws.scheduler.scheduled-time>";
/** Seconds after which a tick that could not be delivered is dropped: the next one plans the same windows. */
const maxEventAgeSeconds = 900;
/** Further deliveries of a tick that failed. */
const maxRetries = 3;

export interface SchedulesArgs {
    site: Site;
    /** The detectors whose windows are planned. */
    detectors: readonly Pick<DetectorConfig, "interval" | "offsetSeconds">[];
    planLive: LambdaFunction;
    /** ARN of the queue that keeps ticks which could not be delivered. */
    deadLettersArn: pulumi.Input<string>;
    /** Looks after detectors; undefined when the detection service runs elsewhere. */
    detectionTick: LambdaFunction | undefined;
    /**
     * How often it does, as an ISO 8601 duration that divides an hour.
     * @default as often as the shortest interval of the detectors comes round, at most every hour
     */
    detectionTickEvery?: string;
    /** What ticks must not come before, and not outlive. */
    ready: readonly pulumi.Resource[];
    /** Last word on each child resource; `schedule` is that of every schedule. */
    transform?: {
        role?: Transform<aws.iam.RoleArgs>;
        policy?: Transform<aws.iam.RolePolicyArgs>;
        schedule?: Transform<aws.scheduler.ScheduleArgs>;
    };
}

/** The ticks: one per interval in use, which plans all its detectors, and one of the detection service. */
export class Schedules extends pulumi.ComponentResource {
    constructor(name: string, args: SchedulesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:Schedules", name, {}, opts);
        const { site, detectors, planLive, detectionTick, ready, transform } = args;
        const assumeRolePolicy = trustDocument(["scheduler.amazonaws.com"], site.place.accountId);
        const role = new aws.iam.Role(
            ...transformed(transform?.role, `${name}-role`, { assumeRolePolicy }, { parent: this }),
        );
        const called = detectionTick === undefined ? [planLive] : [planLive, detectionTick];
        const resources = called.map((one) => one.functionArn);
        const document = policyDocument([
            { sid: "CallTicked", actions: ["lambda:InvokeFunction"], resources },
            { sid: "Bury", actions: ["sqs:SendMessage"], resources: [args.deadLettersArn] },
        ]);
        const policy = new aws.iam.RolePolicy(
            ...transformed(
                transform?.policy,
                `${name}-policy`,
                { role: role.name, policy: document },
                { parent: this },
            ),
        );
        const schedule = (role_: string, tick: Tick) =>
            new aws.scheduler.Schedule(
                ...transformed(
                    transform?.schedule,
                    `${name}-${role_}`,
                    scheduleArgs(role.arn, args.deadLettersArn, tick),
                    {
                        parent: this,
                        dependsOn: [policy, ...ready, ...tick.target.ready],
                    },
                ),
            );
        for (const [interval, offsetsSeconds] of offsetsByInterval(detectors)) {
            schedule(interval, {
                description: `Plans the windows of every detector with the interval ${interval}`,
                expression: planningCron(interval, offsetsSeconds),
                target: planLive,
                input: { interval, scheduledTime },
            });
        }
        if (detectionTick !== undefined) {
            const intervals = detectors.map(({ interval }) => interval);
            const minutes = 60 / detectionTicksPerHour(args.detectionTickEvery, intervals);
            schedule("detection", {
                description: "Has detectors score what others wrote, and alerts told that are still to be told",
                expression: detectionCron(minutes),
                target: detectionTick,
                input: { scheduledTime, everySeconds: minutes * 60 },
            });
        }
        this.registerOutputs({});
    }
}

interface Tick {
    description: string;
    expression: string;
    target: LambdaFunction;
    input: Readonly<Record<string, string | number>>;
}

function scheduleArgs(
    roleArn: pulumi.Output<string>,
    deadLettersArn: pulumi.Input<string>,
    tick: Tick,
): aws.scheduler.ScheduleArgs {
    return {
        description: tick.description,
        scheduleExpression: tick.expression,
        scheduleExpressionTimezone: "UTC",
        flexibleTimeWindow: { mode: "OFF" },
        target: {
            arn: tick.target.functionArn,
            roleArn,
            input: JSON.stringify(tick.input),
            deadLetterConfig: { arn: deadLettersArn },
            retryPolicy: { maximumEventAgeInSeconds: maxEventAgeSeconds, maximumRetryAttempts: maxRetries },
        },
    };
}
