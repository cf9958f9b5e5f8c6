import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Problem } from "../errors";
import type { ExtractionSpec, WindowKind } from "../pipeline/records";
import type { Window } from "../pipeline/windows";

/**
 * What a column holds, whatever the database calls it. An `instant` is a timestamp with a zone, or counted from an epoch; a
 * `timestamp` has none and means a clock in `sourceTimeZone`.
 */
export type ColumnKind = "instant" | "timestamp" | "date" | "number" | "text" | "boolean" | "other";

/** A column that a query gives. `type` is the database's own name for what it holds. */
export interface Column {
    readonly name: string;
    readonly type: string;
    readonly kind: ColumnKind;
}

/** The keys that every source's configuration has. */
export interface SourceKeys {
    readonly type: string;
    /** IANA zone of a timestamp column that names none. */
    readonly sourceTimeZone: string;
    /** Windows of one detector that are extracted at the same time. */
    readonly maxConcurrentStatements: number;
}

/** One window of one detector to be extracted, under a prefix of its own. */
export interface Extraction {
    readonly detector: string;
    readonly spec: ExtractionSpec;
    readonly window: Window;
    readonly kind: WindowKind;
    /** Bucket and key prefix (ending in `/`) that belong to this attempt alone. */
    readonly bucket: string;
    readonly prefix: string;
    /** Same for a retried call, another for a new attempt: lets a source submit once. At most 64 characters. */
    readonly token: string;
    /** Aborts when the caller gives up, shortly before the function's time is over: a source that streams stops its query then. */
    readonly signal?: AbortSignal;
}

/** Plain-JSON handle of an extraction under way: whatever the source needs to find it again, and no secrets. */
export type Ticket = Readonly<Record<string, string | number | boolean | null>> & {
    /** `queryHash` of the rendered query, for the manifest. */
    readonly queryHash: string;
};

export type ExtractionStatus =
    | { readonly state: "running" }
    | { readonly state: "finished"; /** Rows, where the database says; else undefined. */ readonly rows?: number };

/** One window of a query as it would be extracted. */
export interface Inspection {
    /** The timestamp, the dimensions and the measures, in this order. */
    readonly columns: readonly Column[];
    /** Rows of the window. */
    readonly rows: number;
    /** Distinct combinations of the dimensions' values in it; 1 where there are rows and no dimensions. */
    readonly combinations: number;
    /** Rows of the window whose timestamp or whose measure is NULL, by column. */
    readonly nulls: Readonly<Record<string, number>>;
    /** Up to five rows as text, in the order of `columns`; null stands for NULL. */
    readonly sample: readonly (readonly (string | null)[])[];
}

/**
 * Run half of a source. Runs in a function or in the local process and cannot tell which; never imports Pulumi. Databases that
 * export by themselves answer `start` at once; a source that streams rows itself does the whole window in `start`, and its ticket is
 * that of a finished extraction.
 */
export interface Extractor {
    /** Starts extracting a window under its own prefix. A retried call starts nothing twice; a failed attempt can leave garbage, never double rows. */
    start(extraction: Extraction): Promise<Ticket>;
    /** Throws SourceBusyError when trying again may help, QueryError when it cannot. */
    status(ticket: Ticket): Promise<ExtractionStatus>;
    /** Stops the query; silent when it has already ended. */
    cancel(ticket: Ticket): Promise<void>;
    /**
     * Names and types of the columns that the query gives, without running it over the data. When `signal` aborts, the caller is about
     * to run out of time: a source that may take longer than that stops what it does and throws SourceBusyError.
     */
    describe(spec: ExtractionSpec, signal?: AbortSignal): Promise<readonly Column[]>;
    /** Looks at one window without writing anything. `signal` as for `describe`. */
    inspect(spec: ExtractionSpec, window: Window, signal?: AbortSignal): Promise<Inspection>;
    /** What works and costs far more than it has to, by the spec alone: warnings of a check. Absent where nothing does. */
    advise?(spec: ExtractionSpec): Promise<readonly Problem[]>;
}

/** A source as a function gets it: its logical name, its validated configuration, and the role that the program made for it. */
export interface OpenedSource<Config> {
    readonly name: string;
    readonly config: Config;
    /** Region of the bucket that the rows go to. */
    readonly region: string;
    /** Role that the database assumes to write into the bucket; absent when the source needs none or names its own. */
    readonly unloadRoleArn?: string;
    /** The stack's bucket, for databases that give even short answers as files only; absent where there is no stack yet. */
    readonly bucket?: string;
}

/** Adds and takes away what `DeployHalf.attachment` asked for. Both may be repeated: what is there, or gone, already is no error. */
export interface Attacher {
    attach(roleArn: string): Promise<void>;
    detach(roleArn: string): Promise<void>;
}

/** What `sources/run.ts` has for each type. Schemas are at hand; extractors, and the drivers behind them, load on first use. */
export interface RunHalf<Config> {
    readonly schema: z.ZodType<Config>;
    load(): Promise<{ open(source: OpenedSource<Config>): Extractor }>;
    /** Absent when nothing is ever attached to databases of this type. */
    loadAttacher?(): Promise<{ openAttacher(source: Omit<OpenedSource<Config>, "unloadRoleArn">): Attacher }>;
    /**
     * Which database is meant: a change of this text is another database, to which things are attached anew. Default: the whole
     * configuration as JSON.
     */
    databaseOf?(config: Config): string;
}

/** One IAM statement that the extractor's role needs. */
export interface Statement {
    readonly sid: string;
    readonly actions: readonly string[];
    readonly resources: readonly pulumi.Input<string>[];
    readonly conditions?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string> | readonly string[]>>>>;
    /**
     * `Deny` takes away what another statement has to allow more widely than wanted.
     * @default "Allow"
     */
    readonly effect?: "Allow" | "Deny";
}

/** Where the program is being deployed. */
export interface Place {
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
}

/** What a source's extractor function needs beside the defaults. */
export interface FunctionNeeds {
    /**
     * Seconds that one call may take, at most 900. Sources that stream rows want them all; those that submit and ask want few.
     * @default 60
     */
    readonly timeoutSeconds?: number;
    /**
     * Memory in MB; the share of a processor grows with it, a whole one at 1,769.
     * @default 512
     */
    readonly memoryMegabytes?: number;
    /** Where a database that is not public is reached from; without it the function runs outside every VPC. */
    readonly network?: FunctionNetwork;
    /** ARNs of layers, for what cannot be bundled. */
    readonly layers?: readonly string[];
    /** Folder or zip, from the project's folder, that the program makes a layer of, beside those. */
    readonly layerPath?: string;
    /** Packages that a layer brings, by name: they are left out of the bundle. */
    readonly layerPackages?: readonly string[];
}

/** Where in a VPC a function runs. */
export interface FunctionNetwork {
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
    /** Endpoints that the program makes in the VPC, once for all sources that name it; absent where the subnets have ways out. */
    readonly endpoints?: {
        readonly vpcId: string;
        /** Route tables that get a gateway endpoint to S3; none where they lead there already. */
        readonly routeTableIds: readonly string[];
        /** Whether an interface endpoint to Secrets Manager is made. */
        readonly secretsManager: boolean;
    };
}

/** The stack's bucket as a policy names it. */
export interface BucketArns {
    readonly arn: pulumi.Input<string>;
    /** ARN of the objects whose keys fit a pattern, such as `_checks/*`. */
    objects(pattern: string): pulumi.Input<string>;
}

/**
 * Deploy half of a source: what the program creates for it. Imports its own configuration and Pulumi's types, never an SDK client nor
 * Pulumi itself: commands read configuration too, and loading Pulumi takes them seconds.
 */
export interface DeployHalf<Config> {
    /** The name under which `sources/deploy.ts` has it. */
    readonly type: string;
    /** Schema of the source's keys in `lookout:sources.<name>`. */
    readonly schema: z.ZodType<Config>;
    /** Statements of the extractor function's role, beside access to the bucket, which every extractor has. */
    statements(config: Config, place: Place): readonly Statement[];
    /** What the role needs of the stack's bucket beside writing rows; absent where that is all. */
    bucketStatements?(bucket: BucketArns): readonly Statement[];
    /**
     * What the database itself needs, such as a role that UNLOAD assumes; undefined when nothing is to be attached. Decides
     * whether resources exist, so it must not hang on the place, which is known only once the provider has answered.
     */
    attachment(config: Config): Attachment | undefined;
    /** What the extractor function needs; absent where the defaults do. */
    needs?(config: Config): FunctionNeeds;
    /**
     * The SQL that gives a window's rows, for people at preview. Absent where it hangs on what only the database knows, such as a
     * column's type: then the user's query is shown, bounded to the window.
     */
    windowSql?(spec: ExtractionSpec, window: Window): string;
    /** What works and costs far more than it has to: warnings of a preview, the same as `Extractor.advise` gives. */
    advise?(spec: ExtractionSpec, config: Config): readonly Problem[];
}

/** A database that is known and not built yet: its configuration is validated, and a preview then fails with `unbuilt`. */
export interface UnbuiltHalf {
    readonly type: string;
    readonly schema: z.ZodType;
    /** That it is not built and how to build it, as a clause that follows the type's name: `is not built yet; …`. */
    readonly unbuilt: string;
}

/** A role that the database assumes to write into the bucket, attached by a function of ours and taken away on delete. */
export interface Attachment {
    /** Service principals that may assume the role. */
    readonly principals: readonly string[];
    /** Statements that let the function attach and detach the role, beside passing that role. */
    statements(place: Place): readonly Statement[];
}
