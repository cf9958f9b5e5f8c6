import { z } from "zod";
import { DataError } from "../../errors";

const unquoted = (value: unknown): unknown =>
    typeof value === "string" && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;

/** The params file of the old connector, as far as its meaning is known; what it filled in itself may be missing or empty. */
const paramsSchema = z.looseObject({
    database_type: z.string().min(1),
    detector_name: z.string().min(1),
    detector_description: z.string().optional(),
    detector_frequency: z.string(),
    timestamp_column: z.looseObject({ ColumnName: z.string().min(1), ColumnFormat: z.string().optional() }),
    dimension_list: z.array(z.string()).default([]),
    metrics_set: z.array(z.looseObject({ MetricName: z.string(), AggregationFunction: z.string() })).min(1),
    metric_source: z.unknown().optional(),
    s3_bucket: z.string().optional(),
    s3_path_continuous_root: z.string().optional(),
    offset: z.preprocess(unquoted, z.number().min(0).default(0)),
    alert_name: z.string().optional(),
    // Edited by hand, a number is often put in quotes.
    alert_threshold: z.preprocess(unquoted, z.number().optional()),
    alert_description: z.string().optional(),
    alert_lambda_arn: z.string().optional(),
    secret_name: z.string().optional(),
});

/** A params file, checked for its shape. */
export type Params = z.output<typeof paramsSchema>;

/** Keys that the old connector knew. */
export const knownParams: ReadonlySet<string> = new Set(Object.keys(paramsSchema.shape));

/** Reads a params file. `file` is its name, for messages. Throws DataError with every problem, one a line. */
export function parseParams(text: string, file: string): Params {
    let raw: unknown;
    try {
        raw = JSON.parse(text);
    } catch (error) {
        throw new DataError(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
    }
    const parsed = paramsSchema.safeParse(raw, { error: wordingOf });
    if (parsed.success) return parsed.data;
    const lines = parsed.error.issues.map(({ path, message }) => `${file}: ${keyOf(path)} ${message}`);
    throw new DataError(lines.join("\n"), { cause: parsed.error });
}

/** `metrics_set[0].MetricName` */
function keyOf(path: readonly PropertyKey[]): string {
    const text = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
    return text === "" ? "its content" : text.replace(/^\./, "");
}

const words: Readonly<Record<string, string>> = {
    string: "text",
    number: "a number",
    array: "a list",
    object: "a map of keys",
};

function wordingOf(issue: z.core.$ZodRawIssue): string {
    if (issue.code === "invalid_type") {
        const expected = words[issue.expected] ?? issue.expected;
        return issue.input === undefined ? `is missing; expected ${expected}` : `is not ${expected}`;
    }
    return issue.code === "too_small" ? "is empty or too small" : "is not valid";
}
