import { smallConfig } from "../../support/rawConfig";
import { type Malformed } from "../parsing";

/** Mistakes in the stack's own keys. */
export const malformedStack: readonly Malformed[] = [
    [
        "a misspelled key of the namespace",
        { ...smallConfig(), detector: {} },
        "lookout:detector",
        "is not a known key; nearest is detectors, expected one of sources, detectors, detection, storage, operations, tags, keepData",
        /write detectors/,
    ],
    [
        "an endpoint that is no URL",
        { detection: { endpoint: "lookout.example.com" } },
        "lookout:detection.endpoint",
        /is not a URL; expected such as https:/,
        /./,
    ],
    [
        "a retention written as text",
        { detection: { retentionDays: "800" } },
        "lookout:detection.retentionDays",
        '"800" is not a number of days; expected a whole number from 8 to 36500',
        "pulumi config set --path 'lookout:detection.retentionDays' 800",
    ],
    [
        "an address that is none",
        { operations: { email: "ops" } },
        "lookout:operations.email",
        '"ops" is not an e-mail address; expected such as ops@example.com',
        /./,
    ],
    [
        "a text where true or false belongs",
        { keepData: "maybe" },
        "lookout:keepData",
        /^"maybe" is neither true nor false/,
        "pulumi config set --path 'lookout:keepData' true",
    ],
    [
        "a key that is named by its alias",
        { storage: { kmsKeyArn: "alias/lookout" } },
        "lookout:storage.kmsKeyArn",
        /^"alias\/lookout" is not the ARN of a key; expected such as arn:aws:kms:/,
        /^pulumi config set --path 'lookout:storage.kmsKeyArn' arn:aws:kms:/,
    ],
    [
        "access logs without a bucket",
        { storage: { accessLogs: { prefix: "lookout/" } } },
        "lookout:storage.accessLogs.bucket",
        /is missing; expected 3 to 63 lower-case letters/,
        "pulumi config set --path 'lookout:storage.accessLogs.bucket' my-access-logs",
    ],
    [
        "a time to keep logs that CloudWatch does not offer",
        { operations: { logRetentionDays: 31 } },
        "lookout:operations.logRetentionDays",
        /^31 is not a number of days that CloudWatch keeps logs; expected one of 1, 3, 5, 7, 14, 30,/,
        "pulumi config set --path 'lookout:operations.logRetentionDays' 30",
    ],
    [
        "a tag of the program's own",
        { tags: { "lookout:stack": "prod" } },
        'lookout:tags["lookout:stack"]',
        /is under a name that a tag cannot have; expected .* beginning neither with aws: nor with lookout:/,
        /./,
    ],
    [
        "a text where a map belongs",
        { operations: "ops@example.com" },
        "lookout:operations",
        /is text; expected a map/,
        /./,
    ],
];
