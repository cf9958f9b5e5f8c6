import { DataError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { isServicePath } from "../../pipeline/objectLayout";
import type { MetricSetRecord } from "../store/records";
import { openDecoder } from "./objectText";
import { renderTemplate } from "./pathTemplate";
import type { RowFormat } from "./rowFormat";
import { ownGeneration, parseS3Path, type S3Place } from "./s3Path";

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
          /** Objects and folders of the history. */
          readonly historical: readonly Place[];
          /** Folders of one interval, template keys unrendered. */
          readonly templates: readonly Place[];
          readonly format: RowFormat;
      };

/** A key, or what keys begin with, in a bucket. */
export interface Place {
    readonly bucket: ObjectStore;
    readonly bucketName: string;
    readonly key: string;
}

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

/**
 * The rows' place as the metric set names it. Throws DataError for a source or a format that is not read, and for what the service itself
 * keeps: rows of it would be quoted to whoever reads why they could not be used.
 */
export function sourceOf(metricSet: MetricSetRecord, buckets: Buckets, detector: string): RowSource {
    const s3 = metricSet.source.S3SourceConfig as S3Source | undefined;
    if (s3 === undefined) {
        const [kind = "none"] = Object.keys(metricSet.source);
        throw new DataError(`metric set "${metricSet.name}": the source ${kind} is not read; use S3SourceConfig`);
    }
    const placesOf = (uris: readonly string[] = []) => uris.map((uri) => dataAt(uri, buckets.own, metricSet.name));
    const historical = placesOf(s3.HistoricalDataPathList);
    const ours = ownGeneration(s3.HistoricalDataPathList, buckets.own);
    if (ours !== undefined) return { kind: "ledger", ...ours };
    const on = { roleArn: s3.RoleArn, detector };
    const placeOf = ({ bucket, key }: S3Place): Place => ({
        bucket: bucket === buckets.own ? buckets.store : buckets.open(bucket, on),
        bucketName: bucket,
        key,
    });
    const templates = placesOf(s3.TemplatedPathList);
    if (historical.length + templates.length === 0)
        throw new DataError(`metric set "${metricSet.name}" names no path; give a historical or a templated one`);
    for (const { key } of templates) checkTemplate(key, metricSet);
    return {
        kind: "foreign",
        historical: historical.map(placeOf),
        templates: templates.map(placeOf),
        format: formatOf(s3.FileFormatDescriptor, metricSet.name),
    };
}

function checkTemplate(template: string, { name, timeZone }: MetricSetRecord): void {
    try {
        renderTemplate(template, 0, timeZone);
    } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new DataError(`metric set "${name}": ${error.message}`, { cause: error });
    }
}

interface S3Source {
    readonly RoleArn?: string;
    readonly HistoricalDataPathList?: readonly string[];
    readonly TemplatedPathList?: readonly string[];
    readonly FileFormatDescriptor?: FileFormatDescriptor;
}

/** The old API's own way of saying it. */
export interface FileFormatDescriptor {
    readonly CsvFormatDescriptor?: {
        readonly FileCompression?: string;
        readonly Charset?: string;
        readonly ContainsHeader?: boolean;
        readonly Delimiter?: string;
        readonly HeaderList?: readonly string[];
        readonly QuoteSymbol?: string;
    };
    readonly JsonFormatDescriptor?: { readonly FileCompression?: string; readonly Charset?: string };
}

function dataAt(uri: string, own: string, metricSet: string): S3Place {
    const place = parseS3Path(uri);
    if (place === undefined)
        throw new DataError(`metric set "${metricSet}": "${uri}" is no S3 path; expected s3://bucket/prefix/`);
    if (place.bucket === own && isServicePath(place.key))
        throw new DataError(
            `metric set "${metricSet}": "${uri}" holds what the service itself keeps, which is no data`,
        );
    return place;
}

/** How objects are read; without a descriptor, as CSV with a header line. Throws DataError for what cannot be. */
export function formatOf(descriptor: FileFormatDescriptor | undefined, metricSet: string): RowFormat {
    const json = descriptor?.JsonFormatDescriptor;
    const csv = descriptor?.CsvFormatDescriptor ?? {};
    const { FileCompression, Charset } = json ?? csv;
    const encoding = { isGzip: FileCompression === "GZIP", charset: Charset || "utf-8" };
    checkCharset(encoding.charset, metricSet);
    if (json !== undefined) return { isJsonLines: true, ...encoding };
    if (csv.ContainsHeader === false && csv.HeaderList === undefined)
        throw new DataError(`metric set "${metricSet}": files without a header line need a HeaderList`);
    return {
        ...encoding,
        delimiter: csv.Delimiter || ",",
        quote: csv.QuoteSymbol ?? '"',
        header: csv.ContainsHeader === false ? csv.HeaderList : undefined,
    };
}

function checkCharset(charset: string, metricSet: string): void {
    try {
        openDecoder(charset);
    } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new DataError(
            `metric set "${metricSet}": "${charset}" is no character set that is known; use UTF-8, ISO-8859-1, UTF-16LE …`,
            { cause: error },
        );
    }
}

/** How the pipeline writes timestamps, whatever the metric set says of the source: in UTC. */
export const ownTimestampFormat = "yyyy-MM-dd HH:mm:ss";
