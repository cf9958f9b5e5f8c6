import { DataError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { parseBacktestPrefix } from "../../pipeline/objectLayout";
import type { MetricSetRecord } from "../store/records";
import type { CsvFormat } from "./csvRows";

/** Where a metric set's rows lie. */
export type RowSource =
    | {
          /** Written by the pipeline: the ledger says which objects count. */
          readonly kind: "ledger";
          readonly detector: string;
          readonly generation: string;
      }
    | {
          /** Anybody's objects: listed. */
          readonly kind: "foreign";
          readonly bucket: ObjectStore;
          readonly bucketName: string;
          /** Key or prefix of the history. */
          readonly historical?: string;
          /** Key prefix of one interval, template keys unrendered. */
          readonly template?: string;
          readonly format: CsvFormat;
      };

/** On whose account a foreign bucket is read. */
export interface BucketOwner {
    readonly roleArn?: string;
    /** Name of the detector; undefined where there is none yet. */
    readonly detector?: string;
}

/** The stack's own bucket, and how to open others. */
export interface Buckets {
    readonly own: string;
    readonly store: ObjectStore;
    /** Another bucket, reached with the role that was given with it. Throws DataError when that is not allowed. */
    open(bucket: string, on: BucketOwner): ObjectStore;
}

/** The rows' place as the metric set names it. Throws DataError for a source or a format that is not read. */
export function sourceOf(metricSet: MetricSetRecord, buckets: Buckets, detector: string): RowSource {
    const s3 = metricSet.source.S3SourceConfig as S3Source | undefined;
    if (s3 === undefined) {
        const [kind = "none"] = Object.keys(metricSet.source);
        throw new DataError(`metric set "${metricSet.name}": the source ${kind} is not read; use S3SourceConfig`);
    }
    const historical = parseUri(s3.HistoricalDataPathList?.[0], metricSet.name);
    const template = parseUri(s3.TemplatedPathList?.[0], metricSet.name);
    const ours = historical?.bucket === buckets.own ? parseBacktestPrefix(historical.key) : undefined;
    if (ours !== undefined) return { kind: "ledger", ...ours };
    const bucketName = historical?.bucket ?? template?.bucket;
    const on = { roleArn: s3.RoleArn, detector };
    if (bucketName === undefined)
        throw new DataError(`metric set "${metricSet.name}" names no path; give a historical or a templated one`);
    return {
        kind: "foreign",
        bucket: bucketName === buckets.own ? buckets.store : buckets.open(bucketName, on),
        bucketName,
        historical: historical?.key,
        template: template?.key,
        format: formatOf(s3, metricSet.name),
    };
}

interface S3Source {
    readonly RoleArn?: string;
    readonly HistoricalDataPathList?: readonly string[];
    readonly TemplatedPathList?: readonly string[];
    readonly FileFormatDescriptor?: {
        readonly CsvFormatDescriptor?: {
            readonly FileCompression?: string;
            readonly Charset?: string;
            readonly ContainsHeader?: boolean;
            readonly Delimiter?: string;
            readonly HeaderList?: readonly string[];
            readonly QuoteSymbol?: string;
        };
        readonly JsonFormatDescriptor?: unknown;
    };
}

function parseUri(uri: string | undefined, metricSet: string): { bucket: string; key: string } | undefined {
    if (uri === undefined) return undefined;
    const [, bucket, key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
    if (bucket === undefined)
        throw new DataError(`metric set "${metricSet}": "${uri}" is no S3 path; expected s3://bucket/prefix/`);
    return { bucket, key };
}

function formatOf(s3: S3Source, metricSet: string): CsvFormat {
    if (s3.FileFormatDescriptor?.JsonFormatDescriptor !== undefined)
        throw new DataError(`metric set "${metricSet}": JSON lines are not read; use CsvFormatDescriptor`);
    const csv = s3.FileFormatDescriptor?.CsvFormatDescriptor ?? {};
    if (csv.ContainsHeader === false && csv.HeaderList === undefined)
        throw new DataError(`metric set "${metricSet}": files without a header line need a HeaderList`);
    return {
        delimiter: csv.Delimiter ?? ",",
        quote: csv.QuoteSymbol ?? '"',
        header: csv.ContainsHeader === false ? csv.HeaderList : undefined,
        isGzip: csv.FileCompression === "GZIP",
        charset: csv.Charset ?? "utf-8",
    };
}

/** How the pipeline writes its own objects. */
export const ownFormat: CsvFormat = { delimiter: ",", quote: '"', isGzip: false, charset: "utf-8" };
/** How the pipeline writes timestamps, whatever the metric set says of the source: in UTC. */
export const ownTimestampFormat = "yyyy-MM-dd HH:mm:ss";
