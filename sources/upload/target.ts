import type { Extraction } from "../metricSource";
import { rowsEnding, type UploadTarget } from "./uploadRows";

/** Where a streaming source writes an attempt's rows: one object under the attempt's prefix. */
export function rowsTarget(
    { bucket, prefix, signal }: Pick<Extraction, "bucket" | "prefix" | "signal">,
    { region, compression, client }: Pick<UploadTarget, "region" | "compression" | "client">,
): UploadTarget {
    return {
        bucket,
        key: `${prefix}rows${rowsEnding(compression)}`,
        region,
        compression,
        ...(signal && { signal }),
        ...(client && { client }),
    };
}
