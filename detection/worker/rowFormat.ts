import type { CsvDialect } from "./csvScanner";

/** How an object holds its rows. */
export type RowFormat = CsvFormat | JsonLinesFormat;

/** Delimited text with a header line, or with the names of its columns given. */
export interface CsvFormat extends CsvDialect, Encoding {
    /** Column names where the file has no header line. */
    readonly header?: readonly string[];
}

/** One flat JSON object a line. */
export interface JsonLinesFormat extends Encoding {
    readonly isJsonLines: true;
}

export interface Encoding {
    readonly isGzip: boolean;
    /** Name of the encoding, as the Encoding Standard knows it. */
    readonly charset: string;
}

export const isJsonLines = (format: RowFormat): format is JsonLinesFormat => "isJsonLines" in format;

/** How the pipeline writes its own objects. */
export const ownFormat: CsvFormat = { delimiter: ",", quote: '"', isGzip: false, charset: "utf-8" };
