import { lastPart } from "./providers/kind";
import { jsonResponse } from "./jsonProtocol";
import type { Lambda } from "./lambda";
import { CloudError, type CloudRequest, type CloudResponse, type CloudService } from "./service";
import type { StoredResource } from "./state";

const path = /^\/2015-03-31\/functions\/([^/]+)(\/invocations|\/configuration)?\/?$/;

/**
 * The Lambda API, as far as clients use it at run time: Invoke, GetFunction, GetFunctionConfiguration. `recordOutside` is given the calls
 * of others' own functions, where there may be any.
 */
export function lambdaService(
    lambda: Lambda,
    recordOutside?: (functionArn: string, payload: string) => void,
): CloudService {
    /** ARN of a function that is not of this cloud. */
    const outsideOf = (request: CloudRequest): string | undefined => {
        const asked = decodeURIComponent(path.exec(request.path)?.[1] ?? "");
        const isOutside = recordOutside !== undefined && asked.startsWith("arn:") && !lambda.knows(asked);
        return isOutside ? asked : undefined;
    };
    return {
        names: ["lambda"],
        operation: operationOf,
        needs: (request) => [
            {
                action: request.operation === "Invoke" ? "lambda:InvokeFunction" : `lambda:${request.operation}`,
                resource: outsideOf(request) ?? String(lambda.find(functionOf(request)).outputs.arn),
            },
        ],
        handle: async (request) => {
            const outside = outsideOf(request);
            if (outside !== undefined) {
                recordOutside!(outside, request.body.toString("utf8"));
                return { status: 200, headers: { "x-amz-executed-version": "$LATEST" }, body: "null" };
            }
            const name = functionOf(request);
            switch (request.operation) {
                case "Invoke":
                    return await invoke(lambda, name, request);
                case "GetFunction":
                    return jsonResponse(
                        { Configuration: configuration(lambda.find(name)), Code: {}, Tags: {} },
                        "application/json",
                    );
                default:
                    return jsonResponse(configuration(lambda.find(name)), "application/json");
            }
        },
    };
}

function operationOf(raw: Omit<CloudRequest, "operation">): string {
    const ending = path.exec(raw.path)?.[2];
    if (raw.method === "POST" && ending === "/invocations") {
        return "Invoke";
    }
    if (raw.method === "GET" && path.test(raw.path) && ending !== "/invocations") {
        return ending === "/configuration" ? "GetFunctionConfiguration" : "GetFunction";
    }
    throw new CloudError(
        "UnknownOperationException",
        `The embedded cloud's lambda does not answer ${raw.method} ${raw.path}.`,
        404,
    );
}

function functionOf(request: CloudRequest): string {
    return lastPart(decodeURIComponent(path.exec(request.path)?.[1] ?? "").replace(/:\$LATEST$/, ""));
}

async function invoke(lambda: Lambda, name: string, request: CloudRequest): Promise<CloudResponse> {
    const payload = request.body.length === 0 ? "{}" : request.body.toString("utf8");
    checkJson(payload);
    switch (request.headers["x-amz-invocation-type"] ?? "RequestResponse") {
        case "Event":
            lambda.invokeAsync(name, payload);
            return { status: 202 };
        case "DryRun":
            lambda.find(name);
            return { status: 204 };
        default: {
            const result = await lambda.invoke(name, payload);
            return {
                status: 200,
                headers: {
                    "content-type": "application/json",
                    "x-amz-executed-version": "$LATEST",
                    ...(result.functionError === undefined ? {} : { "x-amz-function-error": result.functionError }),
                },
                body: result.payload,
            };
        }
    }
}

function checkJson(payload: string): void {
    try {
        JSON.parse(payload);
    } catch (error) {
        throw new CloudError(
            "InvalidRequestContentException",
            `Could not parse request body into json: ${String(error)}`,
        );
    }
}

function configuration({ id, inputs, outputs }: StoredResource): Record<string, unknown> {
    const { timeout = 3, memorySize = 128, runtime, role, handler, environment } = inputs;
    const { variables = {} } = (environment ?? {}) as { variables?: Record<string, string> };
    return {
        FunctionName: id,
        FunctionArn: outputs.arn,
        Runtime: runtime,
        Role: role,
        Handler: handler,
        Timeout: timeout,
        MemorySize: memorySize,
        Environment: { Variables: variables },
        State: "Active",
        LastUpdateStatus: "Successful",
        Version: "$LATEST",
    };
}
