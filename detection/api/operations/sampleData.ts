import { formatOf } from "../../worker/sources";
import type { ApiContext } from "../context";
import { invalid } from "../errors";
import { findObjects, readable } from "../sample/objects";
import { sampleRows } from "../sample/rows";
import type { Requests } from "../schemas";
import { placeOf } from "../permissions";

/** Rows that a sample shows at most. */
const mostRows = 10;

/** Column names and the first rows of the first object below the source's path, as its format reads them. */
export async function getSampleData(context: ApiContext, { S3SourceConfig: source }: Requests["GetSampleData"]) {
    const [object] = await findObjects(context, source, { detector: undefined, most: 1 });
    const path = source.HistoricalDataPathList?.[0] ?? source.TemplatedPathList?.[0] ?? "";
    if (object === undefined) throw invalid(`There are no objects below ${path}.`);
    try {
        const format = formatOf(source.FileFormatDescriptor, "sample");
        const { header, rows } = await sampleRows(object, format, mostRows);
        return { HeaderValues: header, SampleRows: rows };
    } catch (error) {
        throw readable(error, placeOf(path).bucket);
    }
}
