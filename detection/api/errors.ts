import type { z } from "zod";

/** A refusal as the API words it: type, status and members of the body. */
export class ApiError extends Error {
    override readonly name = "ApiError";

    constructor(
        readonly type: keyof typeof statuses,
        message: string,
        /** Further members of the body, such as `Reason` or `ResourceId`. */
        readonly members: Readonly<Record<string, unknown>> = {},
    ) {
        super(message);
    }

    get status(): number {
        return statuses[this.type];
    }
}

/** Status of each error type. ResourceNotFound is 400 on this API, and quotas are 402. */
const statuses = {
    ValidationException: 400,
    ResourceNotFoundException: 400,
    ServiceQuotaExceededException: 402,
    AccessDeniedException: 403,
    ConflictException: 409,
    TooManyRequestsException: 429,
    InternalServerException: 500,
} as const;

export type ResourceType = "AnomalyDetector" | "MetricSet" | "Alert" | "AnomalyGroup" | "TimeSeries";

export const notFound = (type: ResourceType, id: string): ApiError =>
    new ApiError("ResourceNotFoundException", `There is no ${type} ${id}.`, { ResourceId: id, ResourceType: type });

export const conflict = (type: ResourceType, id: string, message: string): ApiError =>
    new ApiError("ConflictException", message, { ResourceId: id, ResourceType: type });

/** A refusal that no single member is to blame for. */
export const invalid = (message: string): ApiError => new ApiError("ValidationException", message, { Reason: "OTHER" });

/** A refusal of one member. */
export const invalidField = (name: string, message: string): ApiError =>
    new ApiError("ValidationException", `1 validation error detected: ${name} ${message}`, {
        Reason: "FIELD_VALIDATION_FAILED",
        Fields: [{ Name: name, Message: message }],
    });

/** A call that the service's own permissions, or its list of roles, do not allow. */
export const denied = (message: string): ApiError => new ApiError("AccessDeniedException", message);

/** Most members at fault that one refusal lists; a request of a megabyte could have a hundred thousand. */
const mostFields = 50;

/** The findings of a schema as one refusal that lists each member at fault. */
export function validationError(error: z.ZodError): ApiError {
    const found = error.issues.flatMap(fieldsOf);
    const fields = found.slice(0, mostFields);
    const list = fields.map(({ Name, Message }) => `${Name} ${Message}`).join("; ");
    const count = `${found.length} validation error${found.length === 1 ? "" : "s"} detected`;
    return new ApiError("ValidationException", `${count}: ${list}`.slice(0, 2000), {
        Reason: "FIELD_VALIDATION_FAILED",
        Fields: fields,
    });
}

interface Field {
    readonly Name: string;
    readonly Message: string;
}

function fieldsOf(issue: z.core.$ZodIssue): Field[] {
    const named = (path: readonly PropertyKey[], Message: string): Field => ({
        Name: path.map(String).join(".").slice(0, 200) || "body",
        Message: Message.slice(0, 500),
    });
    if (issue.code !== "unrecognized_keys") return [named(issue.path, wordingOf(issue))];
    return issue.keys.slice(0, mostFields).map((key) => named([...issue.path, key], "is not a member of this request"));
}

function wordingOf(issue: z.core.$ZodIssue): string {
    if (issue.code === "invalid_type" && issue.input === undefined) return "is required";
    if (issue.code === "invalid_value") return `must be one of ${issue.values.map(String).join(", ")}`;
    if (issue.code === "invalid_format" && /Arn$/.test(String(issue.path.at(-1))))
        return noArn(String(issue.path.at(-1)));
    if (issue.code === "invalid_format" && issue.pattern !== undefined) return `must match ${issue.pattern}`;
    if (issue.code === "invalid_key")
        return `has a key that is not possible: ${issue.issues.map(wordingOf).join(", ")}`;
    if (issue.code === "too_small") return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    if (issue.code === "too_big") return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    if (issue.code === "invalid_type")
        return `must be ${issue.expected === "int" ? "a whole number" : `of type ${issue.expected}`}`;
    return issue.message;
}

/** What members that hold an ARN name; the others may name a thing of more than one kind. */
const namedByArn = new Map([
    ["AnomalyDetectorArn", "an anomaly detector"],
    ["MetricSetArn", "a metric set"],
    ["AlertArn", "an alert"],
    ["KmsKeyArn", "a KMS key"],
    ["SnsTopicArn", "an SNS topic"],
    ["LambdaArn", "a Lambda function"],
]);

const noArn = (member: string): string => {
    const named = namedByArn.get(member);
    return named === undefined ? "is not an ARN" : `is not the ARN of ${named}`;
};

const unitOf = (origin: string): string =>
    origin === "string" ? " characters long" : origin === "array" ? " items" : "";
