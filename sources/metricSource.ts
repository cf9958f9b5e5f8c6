import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { ExtractionSpec, WindowKind } from "../pipeline/records";
import type { Window } from "../pipeline/windows";

/** The databases that the program knows; `sources/deploy.ts` and `sources/run.ts` have one line for each. */
export type SourceType = "redshift";

/** A column that a query gives. `type` is the database's own name for it. */
export interface Column {
    readonly name: string;
    readonly type: string;
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
}

/** Plain-JSON handle of an extraction under way: whatever the source needs to find it again, and no secrets. */
export type Ticket = Readonly<Record<string, string | number | boolean | null>> & {
    /** `queryHash` of the rendered query, for the manifest. */
    readonly queryHash: string;
};

export type ExtractionStatus =
    | { readonly state: "running" }
    | { readonly state: "finished"; /** Rows, where the database says; else undefined. */ readonly rows?: number };

/** Run half of a source. Runs in a function or in the local process and cannot tell which; never imports Pulumi. */
export interface Extractor {
    /** Starts extracting a window under its own prefix. A retried call starts nothing twice; a failed attempt can leave garbage, never double rows. */
    start(extraction: Extraction): Promise<Ticket>;
    /** Throws SourceBusyError when trying again may help, QueryError when it cannot. */
    status(ticket: Ticket): Promise<ExtractionStatus>;
    /** Stops the query; silent when it has already ended. */
    cancel(ticket: Ticket): Promise<void>;
    /** Names and types of the columns that the query gives, without running it over the data. */
    describe(spec: ExtractionSpec): Promise<readonly Column[]>;
}

/** A source as a function gets it: its logical name, its validated configuration, and the role that the program made for it. */
export interface OpenedSource<Config> {
    readonly name: string;
    readonly config: Config;
    /** Region of the bucket that the rows go to. */
    readonly region: string;
    /** Role that the database assumes to write into the bucket; absent when the source needs none or names its own. */
    readonly unloadRoleArn?: string;
}

/** Adds and takes away what `DeployHalf.attachment` asked for. Both may be repeated: what is there, or gone, already is no error. */
export interface Attacher {
    attach(roleArn: string): Promise<void>;
    detach(roleArn: string): Promise<void>;
}

/** What `sources/run.ts` has for each type. Loads the database's SDK only when it is opened. */
export interface RunHalf<Config> {
    readonly schema: z.ZodType<Config>;
    open(source: OpenedSource<Config>): Extractor;
    /** Absent when nothing is ever attached to databases of this type. */
    openAttacher?(source: Omit<OpenedSource<Config>, "unloadRoleArn">): Attacher;
}

/** One IAM statement that the extractor's role needs. */
export interface Statement {
    readonly sid: string;
    readonly actions: readonly string[];
    readonly resources: readonly pulumi.Input<string>[];
    readonly conditions?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string>>>>>;
}

/** Where the program is being deployed. */
export interface Place {
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
}

/** Deploy half of a source: what the program creates for it. Imports Pulumi and its own configuration, never an SDK client. */
export interface DeployHalf<Config> {
    readonly type: SourceType;
    /** Schema of the source's keys in `lookout:sources.<name>`. */
    readonly schema: z.ZodType<Config>;
    /** Statements of the extractor function's role, beside access to the bucket, which every extractor has. */
    statements(config: Config, place: Place): readonly Statement[];
    /**
     * What the database itself needs, such as a role that UNLOAD assumes; undefined when nothing is to be attached. Decides
     * whether resources exist, so it must not hang on the place, which is known only once the provider has answered.
     */
    attachment(config: Config): Attachment | undefined;
}

/** A role that the database assumes to write into the bucket, attached by a function of ours and taken away on delete. */
export interface Attachment {
    /** Service principals that may assume the role. */
    readonly principals: readonly string[];
    /** Statements that let the function attach and detach the role, beside passing that role. */
    statements(place: Place): readonly Statement[];
}
