/** Members of every refusal. */
export const errorSchema = {
    type: "object",
    required: ["Message"],
    properties: {
        Message: { type: "string" },
        Reason: {
            enum: ["UNKNOWN_OPERATION", "CANNOT_PARSE", "FIELD_VALIDATION_FAILED", "OTHER"],
            description: "Of a ValidationException.",
        },
        Fields: {
            type: "array",
            description: "The members at fault, of a ValidationException.",
            items: {
                type: "object",
                required: ["Name", "Message"],
                properties: { Name: { type: "string" }, Message: { type: "string" } },
            },
        },
        ResourceId: { type: "string" },
        ResourceType: { type: "string" },
    },
} as const;

const descriptions = {
    400: "ValidationException; ResourceNotFoundException, which has this status in the old API",
    402: "ServiceQuotaExceededException",
    403: "AccessDeniedException",
    409: "ConflictException: not possible in the detector's state",
    429: "TooManyRequestsException",
    500: "InternalServerException",
} as const;

/** How every call is refused; the header says which error it is. */
export const errorResponses = Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [
        status,
        {
            description,
            headers: { "x-amzn-errortype": { description: "Name of the error.", schema: { type: "string" } } },
            content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
        },
    ]),
);
