import { QueryError } from "../../errors";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import { columnNames } from "../sql/inspection";
import { clockText } from "../sql/wallClock";
import type { SoughtTime } from "./parquetStatistics";
import type { ObjectRow } from "./readObject";
import type { Selection } from "./query";
import { timestampReader } from "./timestamp";

/** A row of the contract: timestamp, dimensions, measures. */
export type PickedRow = readonly (string | null)[];

/** Turns rows of objects into rows of the contract. */
export interface RowPicker {
    /** Columns of the objects that are needed: timestamp, dimensions, measures. */
    readonly columns: readonly string[];
    /** What rows of the window are known by. */
    readonly time: SoughtTime;
    /** The row's timestamp, dimensions and measures; undefined for one outside the window. One whose time cannot be read has its text for it. */
    pick(row: ObjectRow): PickedRow | undefined;
}

/** Throws QueryError for a column that the query does not select, ConfigError for a format that cannot be read. */
export function rowPicker(spec: ExtractionSpec, { columns }: Selection, window: Window): RowPicker {
    const own = columnNames(spec).map((name) => {
        const column = columns === undefined ? name : columns.get(name);
        if (column !== undefined) return column;
        throw new QueryError(
            `the query has no column "${name}"; it selects ${[...(columns?.keys() ?? [])].join(", ")}`,
        );
    });
    const [time = "", ...others] = own;
    const { format } = spec.timestamp;
    const timeZone = spec.sourceTimeZone;
    const read = timestampReader(format, timeZone);
    const show = clockWriter();
    return {
        columns: own,
        time: { column: time, format, timeZone, window },
        pick: (row) => {
            const text = row[time] ?? null;
            if (text === null) return undefined;
            const instant = read(text);
            if (Number.isNaN(instant)) return [text, ...others.map((name) => row[name] ?? null)];
            if (instant < window.start || instant >= window.end) return undefined;
            return [show(instant), ...others.map((name) => row[name] ?? null)];
        },
    };
}

const dayMs = 86_400_000;
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/** `clockText` for rows, whose days come together: a day is written once. */
function clockWriter(): (instant: number) => string {
    let day = NaN;
    let date = "";
    return (instant) => {
        const found = Math.floor(instant / dayMs);
        if (found !== day) [day, date] = [found, clockText(found * dayMs).slice(0, 11)];
        const second = Math.floor((instant - day * dayMs) / 1000);
        const [hours, minutes, seconds] = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
        return `${date}${twoDigits[hours]}:${twoDigits[minutes]}:${twoDigits[seconds]}`;
    };
}

/** Throws QueryError when an object lacks a column altogether: NULL in all its rows would pass for no data. */
export function requireColumns(
    found: readonly string[],
    columns: readonly string[],
    { bucket, key }: { readonly bucket: string; readonly key: string },
): void {
    const missing = columns.find((name) => !found.includes(name));
    if (missing === undefined) return;
    throw new QueryError(`s3://${bucket}/${key} has no column "${missing}"; it has ${found.join(", ")}`);
}

/** What is wrong with a row that ends before a column that is needed, of so many fields, on a line. */
export const missingField = (name: string, fields: number, line: number): Error =>
    new Error(`line ${line} ends after ${fields} of the header's columns and has no "${name}"`);
