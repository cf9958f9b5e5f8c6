import { parseJsonLine } from "../../worker/jsonLine";
import { detectColumns } from "./columns";
import { sure, unknown, unsure, type DetectedField } from "./detected";
import { detectDialect } from "./dialect";
import { detectEncoding, type DetectedEncoding } from "./encoding";
import { detectHeader } from "./header";
import { detectInterval } from "./interval";
import type { FoundObject } from "./objects";
import { csvRows, headOf, jsonRows } from "./rows";
import { detectTimestamp } from "./timestamps";

/** Rows that are looked at, of each object. */
const mostRows = 2000;

/** What was read out of rows, whatever they are written in. */
interface DetectedRows {
    readonly format: Readonly<Record<string, unknown>>;
    readonly header: readonly string[];
    readonly rows: readonly (readonly string[])[];
}

/** Format, interval and columns of the rows in some objects, as the API's `DetectedMetricSetConfig` and with its columns. */
export async function detectSource(objects: readonly FoundObject[]): Promise<Readonly<Record<string, unknown>>> {
    const [first] = objects;
    const encoding = await detectEncoding(first!);
    const heads = await Promise.all(objects.map((object) => headOf(object, encoding)));
    const { format, header, rows } = isJson(heads[0]!.text) ? ofJson(heads, encoding) : ofCsv(heads, encoding);
    const timestamp = detectTimestamp(header, rows);
    return {
        Offset: unsure({ N: "0" }, "Objects do not tell how late they came."),
        MetricSetFrequency:
            timestamp === undefined ? unknown("No column holds timestamps.") : detectInterval(timestamp.instants),
        TimestampColumn: timestampFields(header, timestamp),
        ...detectColumns(header, rows, timestamp?.column),
        MetricSource: { S3SourceConfig: { FileFormatDescriptor: format } },
    };
}

type Head = Awaited<ReturnType<typeof headOf>>;

const isJson = (text: string): boolean =>
    parseJsonLine(text.split("\n").find((line) => line.trim() !== "") ?? "") !== undefined;

function ofJson(heads: readonly Head[], encoding: DetectedEncoding): DetectedRows {
    const samples = heads.map((head) => jsonRows(head, mostRows));
    const header = samples[0]!.header;
    const places = samples.map((sample) => header.map((name) => sample.header.indexOf(name)));
    return {
        format: { JsonFormatDescriptor: encodingFields(encoding) },
        header,
        rows: samples.flatMap(({ rows }, i) => rows.map((row) => places[i]!.map((place) => row[place] ?? ""))),
    };
}

function ofCsv(heads: readonly Head[], encoding: DetectedEncoding): DetectedRows {
    const { delimiter, quote, isSure, rows: first } = detectDialect(heads[0]!);
    const dialect = { delimiter, quote: quote ?? '"' };
    const { has, field: ContainsHeader } = detectHeader(first);
    const all = [first, ...heads.slice(1).map((head) => csvRows(head, dialect, mostRows))];
    const header = has ? first[0]!.map((name) => name.trim()) : [];
    const names: DetectedField = has
        ? sure({ SS: header })
        : unknown("There is no header line; give the columns' names.");
    return {
        format: {
            CsvFormatDescriptor: {
                ...encodingFields(encoding),
                ContainsHeader,
                Delimiter: isSure
                    ? sure({ S: delimiter })
                    : unsure({ S: delimiter }, "Rows do not all have the same number of values with it."),
                HeaderList: names,
                QuoteSymbol:
                    quote === undefined ? unsure({ S: '"' }, "No value in the sample is quoted.") : sure({ S: quote }),
            },
        },
        header,
        rows: all.flatMap((rows) => (has ? rows.slice(1) : rows)),
    };
}

const encodingFields = ({ isGzip, charset, isSure }: DetectedEncoding) => ({
    FileCompression: sure({ S: isGzip ? "GZIP" : "NONE" }),
    Charset: isSure ? sure({ S: charset }) : unsure({ S: charset }, "The bytes are no UTF-8."),
});

function timestampFields(
    header: readonly string[],
    found: ReturnType<typeof detectTimestamp>,
): { readonly ColumnName: DetectedField; readonly ColumnFormat: DetectedField } {
    if (found === undefined) {
        const nothing = unknown("No column holds timestamps of a known format.");
        return { ColumnName: nothing, ColumnFormat: nothing };
    }
    const name = header[found.column];
    const say = (value: string): DetectedField =>
        found.isSure ? sure({ S: value }) : unsure({ S: value }, "Another column or format would do as well.");
    return {
        ColumnName: name === undefined ? unknown(`It is column ${found.column + 1}, which has no name.`) : say(name),
        ColumnFormat: say(found.format),
    };
}
