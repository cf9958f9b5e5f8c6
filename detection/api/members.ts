import { z } from "zod";

/*
 * Members that requests share, and what the API allows in them (4.2 of the API's reference). The client checks nothing: all is checked
 * here. Requests are strict: a member that the API does not have is refused by name, for it is a typing error. Every pattern takes time
 * in proportion to its text, since it sees texts that are too long as well.
 */

export const name = z
    .string()
    .min(1)
    .max(63)
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9\-_]*$/);
export const measureName = z
    .string()
    .min(1)
    .max(256)
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9\-_:]*$/);
export const description = z.string().min(1).max(256).regex(/\S/);
export const arn = z
    .string()
    .max(256)
    .regex(/^arn:[a-z\d-]+:[^:]*:[^:]*:[^:]*:.+$/);
export const kmsKeyArn = z
    .string()
    .min(20)
    .max(2048)
    .regex(/^arn:aws[a-z-]*:kms:[^:]*:[0-9]{12}:key\/[^:]+$/);
export const frequency = z.enum(["P1D", "PT1H", "PT10M", "PT5M"]);
/** Seconds. */
export const offset = z.int().min(0).max(432_000);
/** Severity. */
export const threshold = z.int().min(0).max(100);
export const intervalTime = z.string().max(60);
export const groupId = z
    .string()
    .max(63)
    .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/);
export const timeSeriesId = z.string().min(1).max(520).regex(/\S/);
export const dimensionValue = z.string().min(1).max(256);

export const detectorArn = { AnomalyDetectorArn: arn };
/** `MaxResults` and `NextToken`. */
export const paging = {
    MaxResults: z.int().min(1).max(100).default(100),
    NextToken: z.string().min(1).max(3000).regex(/^\S+$/).optional(),
};

const tagText = /^[\p{L}\p{N} _.:/=+@-]*$/u;
const tagKey = z
    .string()
    .min(1)
    .max(128)
    .regex(tagText)
    .regex(/^(?!aws:)/)
    // A reader that puts tags into a plain object would lose this one.
    .refine((key) => key !== "__proto__", "is not a possible key");
export const tagKeys = z.array(z.string().min(1).max(128)).min(1).max(50);
/** Tags with their values. */
export const tags = z
    .custom<Record<string, string>>((value) => !hasProto(value), "holds a key that is not possible: __proto__")
    .pipe(z.record(tagKey, z.string().max(256).regex(tagText)))
    .refine((record) => Object.keys(record).length <= 50, "must have at most 50 tags");

const hasProto = (value: unknown): boolean =>
    typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__");

/** A list in which no two items have the same key. */
export function isUnique<T>(keyOf: (item: T) => string): (items: T[]) => boolean {
    return (items) => new Set(items.map(keyOf)).size === items.length;
}

/** IANA name of a zone. */
export const timeZone = z
    .string()
    .min(1)
    .max(60)
    .refine((zone) => doesNotThrow(() => new Intl.DateTimeFormat("en-US", { timeZone: zone })), {
        message: "is not a known time zone",
    });
export const charset = z
    .string()
    .min(1)
    .max(63)
    .refine((label) => doesNotThrow(() => new TextDecoder(label)), { message: "is not a known character set" });

function doesNotThrow(act: () => unknown): boolean {
    try {
        act();
        return true;
    } catch {
        return false;
    }
}
