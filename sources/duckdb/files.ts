import { quoteText } from "./quoting";

/** How a file's rows are written. */
export type FileFormat = "csv" | "json" | "parquet";

/** Files of one format, each a path or a glob that DuckDB reads. */
export interface FileSet {
    readonly format: FileFormat;
    readonly paths: readonly string[];
}

export interface ScanOptions {
    /** Read every column of a CSV file as text: what a column holds is then never guessed from its first rows. @default false */
    readonly asText?: boolean;
    /** Adds a column of this name with the path of each row's file. @default none */
    readonly fileColumn?: string;
}

/** Endings by which a format is known; a `.gz` or `.zst` behind them is passed over. */
const endings: Readonly<Record<string, FileFormat>> = {
    csv: "csv",
    tsv: "csv",
    txt: "csv",
    json: "json",
    jsonl: "json",
    ndjson: "json",
    parquet: "parquet",
    pq: "parquet",
};

/** Endings of files that can be read, for messages. */
export const readableEndings: readonly string[] = Object.keys(endings).map((ending) => `.${ending}`);

/** The format that a path's or glob's ending says; undefined for an ending that says nothing. */
export function formatOf(path: string): FileFormat | undefined {
    const [, ending] = /\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(path) ?? [];
    return ending === undefined ? undefined : endings[ending.toLowerCase()];
}

/** Files by their format, in the order in which the formats first appear. Throws RangeError naming a path whose ending says nothing. */
export function byFormat(paths: readonly string[]): FileSet[] {
    const sets = new Map<FileFormat, string[]>();
    for (const path of paths) {
        const format = formatOf(path);
        if (format === undefined)
            throw new RangeError(`${path} ends in none of ${readableEndings.join(", ")} (.gz and .zst may follow)`);
        sets.set(format, [...(sets.get(format) ?? []), path]);
    }
    return [...sets].map(([format, of]) => ({ format, paths: of }));
}

/** SQL that stands for the rows of all files together, for a FROM. Columns are matched by name; one that a file lacks is NULL there. */
export function scanAll(sets: readonly FileSet[], options: ScanOptions = {}): string {
    const scans = sets.map((set) => scan(set, options));
    return scans.length === 1
        ? scans[0]!
        : `(${scans.map((one) => `select * from ${one}`).join(" union all by name ")})`;
}

function scan({ format, paths }: FileSet, { asText = false, fileColumn }: ScanOptions): string {
    const list = `[${paths.map(quoteText).join(", ")}]`;
    const common = [
        "union_by_name = true",
        ...(fileColumn === undefined ? [] : [`filename = ${quoteText(fileColumn)}`]),
    ];
    const own: Record<FileFormat, readonly string[]> = {
        // What is sniffed from a first stretch without quotes would not understand a quote that comes later.
        csv: ["header = true", `quote = '"'`, `escape = '"'`, ...(asText ? ["all_varchar = true"] : [])],
        json: [],
        parquet: [],
    };
    return `read_${format}(${[list, ...own[format], ...common].join(", ")})`;
}
