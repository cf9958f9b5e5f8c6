import { CloudError, type CloudRequest, type CloudResponse } from "./service";

/** Operation of a request in the AWS JSON protocols: what follows the dot in `x-amz-target`. */
export function targetOperation(raw: Omit<CloudRequest, "operation">, known: readonly string[]): string {
    const operation = raw.headers["x-amz-target"]?.split(".").pop() ?? "";
    if (!known.includes(operation)) {
        throw new CloudError(
            "UnknownOperationException",
            `The embedded cloud's ${raw.service} has no operation ${operation}.`,
        );
    }
    return operation;
}

/** The body of a JSON request. */
export function jsonBody(request: CloudRequest): Record<string, unknown> {
    try {
        return JSON.parse(request.body.toString("utf8") || "{}") as Record<string, unknown>;
    } catch {
        throw new CloudError("SerializationException", "The request's body is not JSON.");
    }
}

export function jsonResponse(body: unknown, contentType = "application/x-amz-json-1.0"): CloudResponse {
    return { status: 200, headers: { "content-type": contentType }, body: JSON.stringify(body) };
}
