import { machineType, type Execution, type Executions } from "./executions";
import { jsonBody, jsonResponse, targetOperation } from "./jsonProtocol";
import { CloudError, type CloudRequest, type CloudService, type Need, type Resources } from "./service";

type Body = Record<string, unknown>;
type Operation = (body: Body) => unknown;

/** The Step Functions API, as far as clients use it at run time. */
export function statesService(executions: Executions, resources: () => Resources): CloudService {
    const operations: Record<string, Operation> = {
        StartExecution: (body) => {
            const input = optional(body, "input") ?? "{}";
            const { arn, startedAt } = executions.start(
                required(body, "stateMachineArn"),
                input,
                optional(body, "name"),
            );
            return { executionArn: arn, startDate: startedAt / 1000 };
        },
        DescribeExecution: (body) => describe(executions.describe(required(body, "executionArn"))),
        StopExecution: (body) => {
            const stopped = executions.stop(
                required(body, "executionArn"),
                optional(body, "error"),
                optional(body, "cause"),
            );
            return { stopDate: (stopped.stoppedAt ?? stopped.startedAt) / 1000 };
        },
        ListExecutions: (body) => list(executions, resources(), body),
        DescribeStateMachine: (body) => describeMachine(resources(), required(body, "stateMachineArn")),
    };
    return {
        names: ["states"],
        operation: (raw) => targetOperation(raw, Object.keys(operations)),
        needs: (request) => needs(request),
        handle: async (request) => jsonResponse(operations[request.operation]!(jsonBody(request))),
    };
}

function needs(request: CloudRequest): Need[] {
    const { executionArn, stateMachineArn } = jsonBody(request);
    return [{ action: `states:${request.operation}`, resource: String(executionArn ?? stateMachineArn) }];
}

function describe(execution: Execution): Body {
    const { arn, machineArn, name, status, startedAt, stoppedAt, input, output, error, cause } = execution;
    return {
        executionArn: arn,
        stateMachineArn: machineArn,
        name,
        status,
        startDate: startedAt / 1000,
        ...(stoppedAt === undefined ? {} : { stopDate: stoppedAt / 1000 }),
        input,
        inputDetails: { included: true },
        ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
        ...(error === undefined ? {} : { error }),
        ...(cause === undefined ? {} : { cause }),
    };
}

/** Newest first, as the service lists them; the token is the index of the next one. */
function list(executions: Executions, resources: Resources, body: Body): Body {
    const machineArn = required(body, "stateMachineArn");
    describeMachine(resources, machineArn);
    const status = optional(body, "statusFilter");
    const matching = executions
        .list(machineArn)
        .filter((execution) => status === undefined || execution.status === status)
        .reverse();
    const from = Number(optional(body, "nextToken") ?? 0);
    const to =
        from + (typeof body.maxResults === "number" && body.maxResults > 0 ? Math.min(body.maxResults, 1000) : 100);
    return {
        executions: matching.slice(from, to).map((execution) => {
            const { executionArn, stateMachineArn, name, status, startDate, stopDate } = describe(execution);
            return { executionArn, stateMachineArn, name, status, startDate, stopDate };
        }),
        ...(to < matching.length ? { nextToken: String(to) } : {}),
    };
}

function describeMachine(resources: Resources, machineArn: string): Body {
    const machine = resources.find(machineType, machineArn);
    if (machine === undefined) {
        throw new CloudError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${machineArn}'`);
    }
    const { definition, roleArn } = machine.inputs;
    return {
        stateMachineArn: machineArn,
        name: machine.outputs.name,
        status: "ACTIVE",
        definition,
        roleArn,
        type: "STANDARD",
        creationDate: Number(machine.outputs.createdAt) / 1000,
    };
}

function required(body: Body, key: string): string {
    const value = optional(body, key);
    if (value === undefined) {
        throw new CloudError(
            "ValidationException",
            `1 validation error detected: Value at '${key}' failed to satisfy constraint: Member must not be null`,
        );
    }
    return value;
}

function optional(body: Body, key: string): string | undefined {
    const value = body[key];
    return typeof value === "string" ? value : undefined;
}
