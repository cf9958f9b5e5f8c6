import { z } from "zod";
import { DataError } from "../../errors";

const schema = z.object({
    bucket: z.string(),
    backfillMachineArn: z.string(),
    liveMachineArn: z.string(),
    detectorArns: z.record(z.string(), z.string()),
    endpoint: z.url(),
    operationsTopicArn: z.string(),
});

/** What the program exports, as far as the demo uses it. */
export type StackOutputs = z.output<typeof schema>;

/** Checks the program's outputs. Throws DataError naming those that are missing. */
export function parseOutputs(outputs: Record<string, unknown>): StackOutputs {
    const parsed = schema.safeParse(outputs);
    if (!parsed.success) {
        const names = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
        throw new DataError(`the program's outputs ${names} are missing or malformed; index.ts must export them`, {
            cause: parsed.error,
        });
    }
    return parsed.data;
}
