import type { CloudError, CloudResponse } from "./service";
import { xmlElements } from "./xml";

/** How an AWS service puts requests and failures into HTTP. */
export type Protocol = "s3" | "query" | "json" | "rest-json";

/** Services of the embedded cloud by their protocol; all others speak REST with JSON. */
const protocols: Readonly<Record<string, Protocol>> = {
    s3: "s3",
    sns: "query",
    sts: "query",
    redshift: "query",
    secretsmanager: "json",
    sqs: "json",
    states: "json",
    athena: "json",
    "redshift-data": "json",
    "redshift-serverless": "json",
};

/** Services by the name before the dot of `x-amz-target`. */
const targets: Readonly<Record<string, string>> = {
    secretsmanager: "secretsmanager",
    AmazonSQS: "sqs",
    AWSStepFunctions: "states",
    AmazonAthena: "athena",
    RedshiftData: "redshift-data",
    RedshiftServerless: "redshift-serverless",
};

export function protocolOf(service: string): Protocol {
    return protocols[service] ?? "rest-json";
}

/** Signing name of the service that a request is for, undefined when it does not say. */
export function serviceOf(
    headers: Readonly<Record<string, string | undefined>>,
    query: URLSearchParams,
): string | undefined {
    const target = headers["x-amz-target"]?.split(".")[0];
    return (target === undefined ? undefined : targets[target]) ?? credentialOf(headers, query)?.service;
}

/** Access key id and service of the request's signature, which is not checked. */
export function credentialOf(
    headers: Readonly<Record<string, string | undefined>>,
    query: URLSearchParams,
): { accessKeyId: string; service: string } | undefined {
    const text = /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1] ?? query.get("X-Amz-Credential");
    const [accessKeyId, , , service] = text?.split("/") ?? [];
    return accessKeyId === undefined || service === undefined ? undefined : { accessKeyId, service };
}

/** Name that a service gives to "you may not". */
export function accessDenied(service: string): { name: string; status: number } {
    switch (protocolOf(service)) {
        case "s3":
            return { name: "AccessDenied", status: 403 };
        case "query":
            return { name: service === "sns" ? "AuthorizationError" : "AccessDenied", status: 403 };
        case "json":
            return { name: "AccessDeniedException", status: 400 };
        case "rest-json":
            return { name: "AccessDeniedException", status: 403 };
    }
}

/** A failure in the shape of the service's protocol. */
export function errorResponse(
    service: string,
    error: Pick<CloudError, "name" | "message" | "status">,
    requestId: string,
): CloudResponse {
    const { name, message, status } = error;
    const fault = status >= 500 ? "Receiver" : "Sender";
    switch (protocolOf(service)) {
        case "s3": {
            const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${xmlElements({ Code: name, Message: message, RequestId: requestId })}</Error>`;
            return { status, headers: { "content-type": "application/xml" }, body };
        }
        case "query": {
            const inner = xmlElements({ Type: fault, Code: name, Message: message });
            const body = `<ErrorResponse><Error>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
            return { status, headers: { "content-type": "text/xml" }, body };
        }
        case "json": {
            const body = JSON.stringify({ __type: name, message });
            return {
                status,
                headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": name },
                body,
            };
        }
        case "rest-json": {
            const body = JSON.stringify({ Type: status >= 500 ? "Service" : "User", message, Message: message });
            return { status, headers: { "content-type": "application/json", "x-amzn-errortype": name }, body };
        }
    }
}

/** The answer of a service with the Query protocol: `result` is XML. */
export function queryResponse(operation: string, result: string): CloudResponse {
    const body = `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;
    return { status: 200, headers: { "content-type": "text/xml" }, body };
}
