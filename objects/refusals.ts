import { DataError, LookoutError, NotFoundError } from "../errors";
import type { ObjectStore } from "./objectStore";

/** A bucket that belongs to somebody else, and the way there, for messages. */
export interface ForeignBucket {
    readonly bucket: string;
    /** Who reads it: a role's ARN; the service's own credentials unless given. */
    readonly roleArn?: string;
    /** Where it is, when that is not AWS. */
    readonly endpoint?: string;
}

/**
 * Somebody else's bucket as an object store. What S3 refuses becomes a DataError that says what to do; a fault that may pass (5xx, throttling,
 * the network, credentials that have run out) stays what it is. `open` is called when the bucket is first used.
 */
export function openForeignBucket(at: ForeignBucket, open: () => Promise<ObjectStore> | ObjectStore): ObjectStore {
    let opening: Promise<ObjectStore> | undefined;
    const store = (): Promise<ObjectStore> => (opening ??= Promise.resolve(open()));
    const explained = async <T>(work: (opened: ObjectStore) => Promise<T>): Promise<T> => {
        try {
            return await work(await store());
        } catch (error) {
            throw explainRefusal(error, at);
        }
    };
    return {
        get: (key) => explained((opened) => opened.get(key)),
        stream: (key) => explained((opened) => opened.stream(key)),
        put: (key, body, condition) => explained((opened) => opened.put(key, body, condition)),
        delete: (keys) => explained((opened) => opened.delete(keys)),
        async *list(prefix, after) {
            const listing = (await store()).list(prefix, after)[Symbol.asyncIterator]();
            const next = () => explained(() => listing.next());
            for (let found = await next(); !found.done; found = await next()) yield found.value;
        },
    };
}

/** Statuses below 500 that say "later". */
const passingStatuses: readonly number[] = [408, 409, 425, 429];
/** Names of refusals that another try may not meet with. */
const passingNames =
    /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired|RequestTimeout|RequestTimeTooSkewed|RequestExpired|SlowDown|TooManyRequests.*|Throttl.*)$/;

/** What was refused, as a DataError with its remedy; an error that may pass as it is. */
export function explainRefusal(error: unknown, at: ForeignBucket): unknown {
    if (!(error instanceof Error)) return error;
    if (error instanceof NotFoundError && isNamed(error.cause, "NoSuchBucket")) return explainRefusal(error.cause, at);
    if (error instanceof LookoutError) return error;
    const remedy = remedyOf(error, at);
    if (remedy === undefined) return error;
    const place = at.endpoint === undefined ? "" : ` at ${at.endpoint}`;
    return new DataError(
        `the bucket "${at.bucket}" cannot be read${place}: ${error.name}. ${remedy} (${error.message})`,
        {
            cause: error,
        },
    );
}

function remedyOf(error: Error, { bucket, roleArn }: ForeignBucket): string | undefined {
    if (error.name === "CredentialsProviderError") return "Give the service credentials of AWS, such as AWS_PROFILE";
    const { $metadata } = error as { $metadata?: { readonly httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ?? 500;
    if (status < 300 || status >= 500 || passingStatuses.includes(status) || passingNames.test(error.name))
        return undefined;
    if (error.name === "NoSuchBucket") return "Correct the bucket's name in the metric set's source, or create it";
    if (status === 403) {
        const reader = roleArn ?? "the service's role";
        return `Allow ${reader} s3:ListBucket on ${bucket}, s3:GetObject on its objects, and kms:Decrypt on their key`;
    }
    return "Correct the metric set's source, or the bucket";
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
