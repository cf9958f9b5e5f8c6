import { z } from "zod";

/*
 * Keys that several sources have, each declared once.
 */

/** Longest run of windows that one execution of a state machine extracts, and so the most that may run at the same time. */
const maxStatements = 40;

/** IANA zone of a timestamp column that names none. */
export const sourceTimeZone = z
    .string()
    .refine(isTimeZone, { error: "is not an IANA time zone; expected such as UTC or Europe/Berlin" })
    .default("UTC");

/** Windows of one detector that are extracted at the same time. */
export const maxConcurrentStatements = z.int().min(1).max(maxStatements).default(2);

/** How the rows are stored: GZIP costs the processor that packs them, and saves space and transfer. */
export const compression = z
    .enum(["NONE", "GZIP"], { error: "is not a compression; expected NONE or GZIP" })
    .meta({ examples: ["GZIP"] })
    .default("NONE");

/** Name or ARN of a secret in Secrets Manager; those that RDS and Redshift manage have an exclamation mark, `rds!db-…`. */
export const secretName = z.string().regex(/^(arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@!-]{1,512}$/, {
    error: "is not the name or the ARN of a secret; expected such as lookout-warehouse",
});

const keyArn = z.string().regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, {
    error: "is not the ARN of a KMS key; expected such as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-…",
});

/** ARN of the KMS key that the secret is encrypted with. Default: the account's own key for Secrets Manager, which needs no permission. */
export const secretKeyArn = keyArn.optional();

/** ARNs of the KMS keys that the objects which the source reads are encrypted with. */
export const kmsKeyArns = z.array(keyArn).default([]);

/** What is wrong with the key of a secret that there is not. */
export const needlessSecretKey =
    "is given without secret; expected it beside the secret that it encrypts, or not at all";

/**
 * What a policy calls a secret: Secrets Manager adds a hyphen and six characters to the name, which a full ARN has already. One that ends like
 * that may be a full ARN or the name's own end, as in `…:secret:lookout-orders`: only the service knows, so both are named.
 */
export function secretPatterns(
    secret: string,
    { partition, region, accountId }: { partition: string; region: string; accountId: string },
): readonly string[] {
    const isArn = secret.startsWith("arn:");
    const arn = isArn ? secret : `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${secret}`;
    const named = `${arn}-??????`;
    return isArn && /-[A-Za-z0-9]{6}$/.test(arn) ? [arn, named] : [named];
}

function isTimeZone(name: string): boolean {
    try {
        new Intl.DateTimeFormat("en", { timeZone: name });
        return !/^[+-]/.test(name);
    } catch {
        return false;
    }
}
