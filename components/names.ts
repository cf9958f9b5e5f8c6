import { createHash } from "node:crypto";

/** Longest name of a Lambda function, and of an IAM role. */
export const functionNameLimit = 64;
/** Longest name of a state machine. */
export const machineNameLimit = 80;
/** Longest name of a detector in the Lookout API. */
export const detectorNameLimit = 63;
/** Longest `<project>-<stack>` that names begin with: short enough that nothing behind it is cut which a policy's pattern needs. */
export const prefixLimit = 40;

/**
 * A physical name, `<project>-<stack>-<rest>`, for the few resources whose ARN others must know before they exist. Characters
 * that AWS refuses in names become `-`. A name above `limit` characters is cut and ends in a hash of the whole, so that two
 * long names stay apart.
 */
export function physicalName(limit: number, ...parts: readonly string[]): string {
    const name = parts.join("-").replace(/[^A-Za-z0-9_-]/g, "-");
    if (name.length <= limit) {
        return name;
    }
    const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
    return `${name.slice(0, limit - hash.length - 1)}-${hash}`;
}

/** Memory of a function that asks for no other, MB. */
export const defaultMegabytes = 512;
