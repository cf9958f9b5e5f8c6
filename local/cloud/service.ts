import type { ObjectStore } from "../../objects/objectStore";
import type { Workgroup } from "./athena/athenaService";
import type { Lake } from "./athena/lake";
import type { Queries } from "./athena/queries";

/*
 * The seam between the two halves of the embedded cloud. The core (`cloud.ts`) evaluates the program, keeps what it registered, and
 * runs functions, state machines and schedules; the wire (`wire.ts`) answers the AWS SDK over HTTP and serves storage, secrets, topics and
 * warehouses. The core calls `openWire(world, services, options)`, handing over the services that it implements itself.
 */

/** One AWS API call as it came over HTTP. */
export interface CloudRequest {
    /** Signing name: s3, lambda, states, secretsmanager, sns, sqs, redshift-data, redshift, redshift-serverless, scheduler, sts. */
    readonly service: string;
    /** Name of the API operation, such as `PutObject`; what the service's own `operation` found. */
    readonly operation: string;
    readonly method: string;
    /** Percent-encoded, as it was sent, without the query. */
    readonly path: string;
    readonly query: URLSearchParams;
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
    /** ARN of the role of the calling function; undefined for the user, who may do all. */
    readonly principal?: string;
    /** Ends the time of the calling function; undefined for whoever is not a function of this process. */
    readonly expire?: () => void;
}

export interface CloudResponse {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Buffer | string | AsyncIterable<Uint8Array>;
}

/**
 * How functions reach the cloud that they run in: over HTTP, as everybody else does, or in calls without a socket, which takes half the time
 * and lets requests come late.
 */
export type FunctionRequests = "http" | "direct";

/** A request of a function that runs in this process. */
export interface FunctionRequest extends Pick<CloudRequest, "method" | "headers" | "body" | "expire"> {
    /** Percent-encoded, with the query. */
    readonly path: string;
}

/** One permission that a request needs: an IAM action on a resource, with the condition keys known of the request. */
export interface Need {
    readonly action: string;
    readonly resource: string;
    readonly context?: Readonly<Record<string, string>>;
}

/** Answers the operations of one or more AWS services. A failure that the service would report is thrown as a CloudError. */
export interface CloudService {
    /** Signing names that it answers to. */
    readonly names: readonly string[];
    /** Name of the operation that a raw request asks for; throws CloudError for one that the service does not have. */
    operation(raw: Omit<CloudRequest, "operation">): string;
    handle(request: CloudRequest): Promise<CloudResponse>;
    /** What the caller must be allowed; empty when anybody may. */
    needs(request: CloudRequest): readonly Need[];
}

/** A failure that a service reports to its caller in its own protocol: `name` is the service's error code. */
export class CloudError extends Error {
    constructor(
        override readonly name: string,
        message: string,
        /** HTTP status; below 500 means the caller's fault. */
        readonly status = 400,
    ) {
        super(message);
    }
}

/** Something that will happen on the simulated clock. */
export interface Timer {
    /** When it fires, in milliseconds since 1970. */
    readonly at: number;
    /** Makes it not fire; silent when it has fired. */
    cancel(): void;
}

export interface TimerOptions {
    /** Set for timers that nobody waits for, such as schedules: the clock is not advanced on their account. */
    readonly background?: boolean;
}

/** Time inside the embedded cloud; it moves only when it is told to. All instants are milliseconds since 1970. */
export interface Clock {
    now(): number;
    /** Runs `work` when the clock gets there; at once on the next advance when that is past. Work is counted as activity. */
    at(instant: number, work: () => void | Promise<void>, options?: TimerOptions): Timer;
    /** Resolves after so many simulated milliseconds; rejects with the signal's reason when that is aborted first. */
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Counts work under way, so that it is known when nothing can go on without the clock moving. */
export interface Activity {
    /** Number of pieces of work under way. */
    readonly count: number;
    /** Counts a piece of work until its promise settles. */
    run<T>(work: () => Promise<T>): Promise<T>;
    /** Counts a piece of work that nobody waits for; its failure is thrown by the next `idle`. */
    start(work: () => Promise<void>): void;
    /** Resolves when the count is zero and stays so; rejects with the first failure of started work. */
    idle(): Promise<void>;
}

/** A resource that exists in the embedded cloud. */
export interface ResourceState {
    readonly urn: string;
    /** Pulumi type token, such as `aws:s3/bucket:Bucket`. */
    readonly type: string;
    /** Logical name. */
    readonly name: string;
    readonly id: string;
    /** False for components, which exist in the program only. */
    readonly custom: boolean;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly parent?: string;
    /** URNs of the resources that it depends on, as the program recorded them. */
    readonly dependencies: readonly string[];
    readonly deleteBeforeReplace: boolean;
    readonly retainOnDelete: boolean;
}

/** What exists now. Live: it changes while a program is brought up or down. */
export interface Resources {
    /** Every resource of a type, in the order of creation. */
    ofType(type: string): readonly ResourceState[];
    /** The resource of a type with that id (buckets, roles and functions: the name; topics, machines: the ARN). */
    find(type: string, id: string): ResourceState | undefined;
}

export interface PolicyStatement {
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: unknown;
    readonly Action?: string | readonly string[];
    readonly NotAction?: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface PolicyDocument {
    readonly Version?: string;
    readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

/** What a Lambda invocation gave. */
export interface InvokeResult {
    /** JSON text: the function's result, or for a failure `{errorType, errorMessage, trace}`. */
    readonly payload: string;
    /** Set when the function failed. */
    readonly functionError?: "Unhandled";
}

export interface FunctionRunner {
    /** Invokes a function by name or ARN and waits for its result; throws CloudError `ResourceNotFoundException` when there is none. */
    invoke(name: string, payload: string): Promise<InvokeResult>;
}

/** What the wire may know and use of the core. */
export interface World {
    readonly clock: Clock;
    readonly activity: Activity;
    readonly region: string;
    readonly accountId: string;
    readonly partition: string;
    /** Whether topics and functions that no program made are taken for others' own, which are told and do nothing here; default no. */
    readonly recordsOutside?: boolean;
    /** Where the state lives; each service keeps its own files in a folder of its own below it. */
    readonly folder: string;
    readonly resources: Resources;
    readonly functions: FunctionRunner;
    /** Base URL of the server, without a trailing slash. */
    endpoint(): string;
    /** ARN of the role to which an access key id was given; undefined for any other key. */
    principalOf(accessKeyId: string): string | undefined;
    /** Inline and attached policies of a role, as registered. */
    policiesOf(roleArn: string): readonly PolicyDocument[];
}

/** The files behind the buckets. A bucket exists when the program has registered it. */
export interface Buckets {
    /** The user's view of a bucket, past IAM and faults. */
    open(bucket: string): ObjectStore;
    /** Lets a folder's files be the objects of a bucket, to read from, for as long as the process runs. */
    mount(bucket: string, folder: string): void;
    create(bucket: string): Promise<void>;
    isEmpty(bucket: string): Promise<boolean>;
    /** Removes the bucket with all it holds. */
    remove(bucket: string): Promise<void>;
}

/** A failure to be provoked. */
export interface Fault {
    /**
     * `lambda:<function's logical or physical name>`, `<service>:<operation>` such as `s3:PutObject`, or `statement`; `statement:hang` and
     * `statement:abort` let one go on for ever, or be stopped by somebody.
     */
    readonly at: string;
    /** Before the work is done, or after it: the caller then does not learn that it was. Default `before`. */
    readonly when?: "before" | "after";
    /** How many times; default once. */
    readonly times?: number;
    /** Which requests; default all. Gets the CloudRequest, for `lambda:` the event, for `statement` the SQL text. */
    readonly match?: (request: unknown) => boolean;
    /**
     * Of a request that a function sends directly: it is carried out so many simulated milliseconds later, the answer never comes, and the
     * function's time runs out over it. `when` and `error` mean nothing then.
     */
    readonly lateMs?: number;
    readonly error: {
        readonly name: string;
        readonly message: string;
        /** HTTP status, default 500. */ readonly status?: number;
    };
}

export interface Faults {
    inject(fault: Fault): void;
    /** Uses up one fault that is due at any of these places, and returns its error. */
    take(at: readonly string[], when: "before" | "after", request: unknown): Fault["error"] | undefined;
    /** Uses up one fault that lets a request come late, and returns by how many milliseconds. */
    takeLate(at: readonly string[], request: unknown): number | undefined;
    /** Forgets all that have not struck. */
    clear(): void;
}

export interface Message {
    readonly topicArn: string;
    readonly subject?: string;
    readonly message: string;
    /** When it was published, in milliseconds since 1970. */
    readonly at: number;
}

export interface QueueMessage {
    readonly queueArn: string;
    readonly message: string;
    /** When it was sent, in milliseconds since 1970. */
    readonly at: number;
}

/** A database of the embedded cloud, for the user's own hands. */
export interface Warehouse {
    exec(sql: string): Promise<void>;
    query(sql: string): Promise<Record<string, unknown>[]>;
    /** Loads CSV text with a header line. */
    copyFrom(table: string, csv: string): Promise<void>;
    /** ARNs of the IAM roles that are attached to it. */
    roles(): readonly string[];
}

/** What the wire offers, beside the HTTP server itself. */
export interface Wire {
    /** Base URL, without a trailing slash. */
    readonly endpoint: string;
    readonly buckets: Buckets;
    readonly faults: Faults;
    /** Answers a function of this process, which needs no socket; rejects when a fault cuts the line. */
    answer(request: FunctionRequest): Promise<CloudResponse>;
    /** True when the role's policies allow it. */
    allows(roleArn: string, need: Need): boolean;
    readonly secrets: {
        put(name: string, value: string | object): Promise<void>;
        /** Keeps a secret, by the name or ARN that is given, in memory alone, for as long as the process runs. */
        hold(id: string, value: object): void;
        delete(name: string): Promise<void>;
    };
    readonly topics: {
        /** What was published, oldest first; what others' own functions were told is among it, by their ARN. */
        messages(topicArn?: string): readonly Message[];
        /** Keeps a message for a topic or a function that is not of this cloud. */
        record(targetArn: string, message: string): void;
    };
    readonly queues: {
        messages(queueArn?: string): readonly QueueMessage[];
        /** Puts a message into a queue, as a service of the cloud itself. */
        put(queueArn: string, message: string): unknown;
        /** Throws away what lies in a queue. */
        forget(queueArn: string): void;
    };
    readonly athena: {
        /** The tables that it queries. */
        readonly lake: Pick<Lake, "exec" | "copyFrom" | "setLocation">;
        readonly queries: Pick<Queries, "list">;
        setWorkgroup(workgroup: Workgroup): void;
    };
    readonly redshift: {
        addCluster(options: {
            identifier: string;
            database: string;
            user: string;
            /** Default: one made up from the name. */
            password?: string;
            /** Secret to be made with the credentials; none unless given. */
            secretName?: string;
        }): Promise<Warehouse>;
        addWorkgroup(options: {
            name: string;
            database: string;
            user?: string;
            secretName?: string;
        }): Promise<Warehouse>;
    };
    close(): Promise<void>;
}
