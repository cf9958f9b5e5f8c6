import { secretPatterns } from "./keys";
import type { Place, Statement } from "./metricSource";

/*
 * What the deploy halves of several sources ask for: reading a secret, and reading objects that are not the stack's own.
 */

/**
 * Reading a source's secret, and nothing where it has none. A secret under a key of somebody's own is opened with that key, by Secrets
 * Manager alone: the role may decrypt nothing else with it.
 */
export function secretStatements(
    { secret, secretKeyArn }: { readonly secret?: string | undefined; readonly secretKeyArn?: string | undefined },
    place: Place,
): readonly Statement[] {
    if (secret === undefined) return [];
    const resources = secretPatterns(secret, place);
    const read: Statement = { sid: "ReadSecret", actions: ["secretsmanager:GetSecretValue"], resources };
    if (secretKeyArn === undefined) return [read];
    const conditions = { StringEquals: { "kms:ViaService": `secretsmanager.${place.region}.amazonaws.com` } };
    return [read, { sid: "OpenSecret", actions: ["kms:Decrypt"], resources: [secretKeyArn], conditions }];
}

/** Objects that a source reads. */
export interface ReadObjects {
    readonly bucket: string;
    /** Their keys, with `*` for any text. */
    readonly keys: string;
    /** Prefixes that are asked for when they are listed, with `*` for any text; none where the whole bucket may be. */
    readonly prefixes: readonly string[];
}

/** Reading objects and listing them, and decrypting with the keys that they lie under. Nothing where there are no objects and no keys. */
export function objectStatements(
    objects: readonly ReadObjects[],
    kmsKeyArns: readonly string[],
    { partition }: Place,
): readonly Statement[] {
    const arnOf = (name: string): string => `arn:${partition}:s3:::${name}`;
    const buckets = [...new Set(objects.map(({ bucket }) => bucket))];
    const resources = [...new Set(objects.map(({ bucket, keys }) => arnOf(`${bucket}/${keys}`)))];
    return [
        ...buckets.map((bucket, index) => listStatement(arnOf(bucket), index, ofBucket(objects, bucket))),
        ...(resources.length === 0 ? [] : [{ sid: "ReadData", actions: ["s3:GetObject"], resources }]),
        ...(kmsKeyArns.length === 0
            ? []
            : [{ sid: "DecryptData", actions: ["kms:Decrypt"], resources: [...new Set(kmsKeyArns)] }]),
    ];
}

const ofBucket = (objects: readonly ReadObjects[], name: string): readonly ReadObjects[] =>
    objects.filter(({ bucket }) => bucket === name);

/** Listing is an action on the bucket; what holds it to the objects is the prefix that is asked for. */
function listStatement(bucketArn: string, index: number, objects: readonly ReadObjects[]): Statement {
    const isWhole = objects.some(({ prefixes }) => prefixes.length === 0);
    const patterns = [...new Set(objects.flatMap(({ prefixes }) => prefixes))];
    return {
        sid: `ListData${index === 0 ? "" : index + 1}`,
        actions: ["s3:ListBucket"],
        resources: [bucketArn],
        ...(isWhole ? {} : { conditions: { StringLike: { "s3:prefix": patterns } } }),
    };
}
