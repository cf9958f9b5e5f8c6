import { createHash } from "node:crypto";
import { matchesPattern } from "./eventPattern";
import { formatInstant, type Execution } from "./executions";
import { lastPart, text, type Core } from "./providers/kind";
import type { StoredResource } from "./state";

export const ruleType = "aws:cloudwatch/eventRule:EventRule";
export const targetType = "aws:cloudwatch/eventTarget:EventTarget";
const permissionType = "aws:lambda/permission:Permission";

/** Tells the rules' targets that an execution's status has changed, as EventBridge does. */
export function emitStatusChange(core: Core, execution: Execution): void {
    const event = statusChangeEvent(core, execution);
    for (const rule of core.resources.ofType(ruleType)) {
        const { eventPattern, state } = rule.inputs;
        if (
            state !== "DISABLED" &&
            eventPattern !== undefined &&
            matchesPattern(JSON.parse(text(rule.inputs, "eventPattern")), event)
        ) {
            deliver(core, rule, event);
        }
    }
}

function statusChangeEvent(core: Core, execution: Execution): Record<string, unknown> {
    const {
        arn,
        name,
        machineArn,
        status,
        input,
        output = null,
        error = null,
        cause = null,
        startedAt,
        stoppedAt,
    } = execution;
    const time = formatInstant(core.clock.now()).replace(/\.\d+Z$/, "Z");
    return {
        version: "0",
        id: createHash("sha256").update(`${arn} ${status} ${startedAt}`).digest("hex").slice(0, 32),
        "detail-type": "Step Functions Execution Status Change",
        source: "aws.states",
        account: core.accountId,
        time,
        region: core.region,
        resources: [arn],
        detail: {
            executionArn: arn,
            stateMachineArn: machineArn,
            name,
            status,
            startDate: startedAt,
            stopDate: stoppedAt ?? null,
            input,
            output,
            error,
            cause,
        },
    };
}

function deliver(core: Core, rule: StoredResource, event: Record<string, unknown>): void {
    for (const target of core.resources.ofType(targetType)) {
        if (target.inputs.rule !== rule.id) {
            continue;
        }
        const arn = String(target.inputs.arn);
        if (lambdaName(arn) === undefined) {
            throw new Error(
                `the embedded cloud delivers events to functions only; ${target.urn} has the target ${arn}`,
            );
        }
        requirePermission(core, arn, "events.amazonaws.com", String(rule.outputs.arn));
        core.functions.invokeAsync(arn, JSON.stringify(inputOf(target, event)));
    }
}

function inputOf({ inputs, urn }: StoredResource, event: Record<string, unknown>): unknown {
    if (inputs.inputTransformer !== undefined || inputs.inputPath !== undefined) {
        throw new Error(`the embedded cloud passes events whole, or a constant input; ${urn} asks for a part of them`);
    }
    return inputs.input === undefined ? event : (JSON.parse(text(inputs, "input")) as unknown);
}

/** Name of the function of an ARN; undefined for the ARN of something else. */
export function lambdaName(arn: string): string | undefined {
    return /^arn:[^:]+:lambda:/.test(arn) ? lastPart(arn) : undefined;
}

/** Throws unless the function's own policy lets the service call it on behalf of `sourceArn`. */
function requirePermission(core: Core, functionArn: string, service: string, sourceArn: string): void {
    const name = lambdaName(functionArn);
    const granted = core.resources
        .ofType(permissionType)
        .some(
            ({ inputs }) =>
                lastPart(String(inputs.function)) === name &&
                inputs.principal === service &&
                (inputs.sourceArn === undefined || inputs.sourceArn === sourceArn),
        );
    if (!granted) {
        throw new Error(
            `${service} may not invoke ${functionArn} for ${sourceArn}: no aws.lambda.Permission allows it`,
        );
    }
}
