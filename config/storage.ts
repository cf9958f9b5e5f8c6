import { z } from "zod";
import { form } from "./fields";

/*
 * The keys of `lookout:storage` and `lookout:tags`: how the stack's bucket is kept, and what its resources are marked with.
 */

/** Tags that a resource may have, less those that the program itself sets. */
const mostTags = 40;

const yesOrNo = (what: string) => z.boolean({ error: `is neither true nor false; expected true ${what}` });

const accessLogsSchema = z.strictObject({
    /** Name of a bucket of yours that lets logging.s3.amazonaws.com write. */
    bucket: form(
        "is not the name of a bucket; expected 3 to 63 lower-case letters, digits, - and .",
        /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
        "my-access-logs",
    ),
    /** What the keys of the log files begin with. */
    prefix: form(
        "is not the beginning of a key; expected up to 512 characters without blanks, such as lookout/",
        /^[\w!.*'()/-]{0,512}$/,
        "lookout/",
    ).default("lookout/"),
});

/** The keys of `lookout:storage`. */
export const storageSchema = z.strictObject({
    /** Key in KMS that objects are encrypted with, by its full ARN. Default: S3's own key. */
    kmsKeyArn: form(
        "is not the ARN of a key; expected such as arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ).optional(),
    /** Whether objects that are overwritten or deleted stay for 30 days more. */
    versioning: yesOrNo("to keep what was overwritten or deleted for 30 days, or false")
        .meta({ examples: [true] })
        .default(false),
    /** Where S3 writes who read and wrote what. Default: nowhere. */
    accessLogs: accessLogsSchema.optional(),
});
export type StorageConfig = z.output<typeof storageSchema>;

const tagValue = form(
    "is not the value of a tag; expected up to 256 letters, digits, blanks and _.:/=+-@",
    /^[\p{L}\p{N}\p{Z}_.:/=+\-@]{0,256}$/u,
    "data-platform",
);

/** The tags of every resource that takes tags, beside those that name project and stack. */
export const tagsSchema = z
    .record(z.string(), tagValue)
    .superRefine((tags, context) => {
        const names = Object.keys(tags);
        if (names.length > mostTags) {
            const message = `has ${names.length} tags; expected at most ${mostTags}`;
            context.addIssue({ code: "custom", message });
        }
        for (const name of names.filter((one) => !isTagName(one))) {
            const message = `is under a name that a tag cannot have; expected up to 128 letters, digits, blanks and _.:/=+-@, beginning neither with aws: nor with lookout:`;
            context.addIssue({ code: "custom", path: [name], message });
        }
    })
    .meta({ examples: [{ team: "data-platform" }] });

const isTagName = (name: string): boolean =>
    /^[\p{L}\p{N}\p{Z}_.:/=+\-@]{1,128}$/u.test(name) && !/^(aws|lookout):/i.test(name);
