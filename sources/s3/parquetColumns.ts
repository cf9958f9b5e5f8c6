import type { SchemaElement } from "hyparquet" with { "resolution-mode": "import" };
import type { ColumnKind } from "../metricSource";

/** A column of a Parquet object: its name and type, and how its values are written as text. */
export interface ParquetColumn {
    readonly name: string;
    /** Parquet's own name of the type. */
    readonly type: string;
    readonly kind: ColumnKind;
    /** A value as `rawSchema` makes it be read, as text; null for NULL. Exact whatever the number of digits. */
    readonly text: (value: unknown) => string | null;
}

/** The columns of a schema, nested ones as a whole, in its order. */
export function parquetColumns(schema: readonly SchemaElement[]): ParquetColumn[] {
    return topLevel(schema).map((element) => {
        const { type, kind } = typeOf(element);
        return { name: element.name, type, kind, text: writerOf(element, kind) };
    });
}

/**
 * The schema under which values are read: decimals as the whole numbers that they are stored as, since their reader would make doubles
 * of them; bytes that say nothing of themselves as text, which is what old writers mean by them.
 */
export function rawSchema(schema: readonly SchemaElement[]): SchemaElement[] {
    const top = new Set(topLevel(schema));
    return schema.map((element) => {
        if (!top.has(element) || isNested(element)) return element;
        if (isDecimal(element)) return { ...element, converted_type: undefined, logical_type: undefined };
        const isBare = element.type === "BYTE_ARRAY" && !element.converted_type && !element.logical_type;
        return isBare ? { ...element, converted_type: "UTF8" } : element;
    });
}

function topLevel(schema: readonly SchemaElement[]): SchemaElement[] {
    const found: SchemaElement[] = [];
    for (let at = 1; at < schema.length; at += sizeAt(schema, at)) found.push(schema[at]!);
    return found;
}

/** Elements that a column takes in the flattened tree, its own among them. */
function sizeAt(schema: readonly SchemaElement[], at: number): number {
    let size = 1;
    for (let child = 0; child < (schema[at]?.num_children ?? 0); child++) size += sizeAt(schema, at + size);
    return size;
}

const isNested = ({ num_children: children, repetition_type: repetition }: SchemaElement): boolean =>
    (children ?? 0) > 0 || repetition === "REPEATED";
const isDecimal = ({ converted_type: converted, logical_type: logical }: SchemaElement): boolean =>
    converted === "DECIMAL" || logical?.type === "DECIMAL";

function decimalOf({ logical_type: logical, scale = 0, precision = 0 }: SchemaElement) {
    return logical?.type === "DECIMAL"
        ? { scale: logical.scale ?? scale, precision: logical.precision ?? precision }
        : { scale, precision };
}

function typeOf(element: SchemaElement): { type: string; kind: ColumnKind } {
    const { type: stored = "", converted_type: converted, logical_type: logical } = element;
    const named = (kind: ColumnKind, type = logical?.type ?? converted ?? stored) => ({ type, kind });
    if (isNested(element)) return named("other", logical?.type ?? converted ?? "STRUCT");
    if (isDecimal(element)) {
        const { precision, scale } = decimalOf(element);
        return named("number", `DECIMAL(${precision}, ${scale})`);
    }
    if (logical?.type === "TIMESTAMP") return named(logical.isAdjustedToUTC ? "instant" : "timestamp");
    if (converted === "TIMESTAMP_MILLIS" || converted === "TIMESTAMP_MICROS" || stored === "INT96")
        return named("instant");
    if (converted === "DATE" || logical?.type === "DATE") return named("date", "DATE");
    if (stored === "BOOLEAN") return named("boolean");
    if (stored === "BYTE_ARRAY" || logical?.type === "UUID") return named("text");
    const isTime = logical?.type === "TIME" || converted?.startsWith("TIME_") === true;
    const isNumber = /^(INT|FLOAT|DOUBLE)/.test(stored) || logical?.type === "FLOAT16";
    return named(isNumber && !isTime ? "number" : "other");
}

function writerOf(element: SchemaElement, kind: ColumnKind): (value: unknown) => string | null {
    const write = isDecimal(element) && !isNested(element) ? decimalWriter(decimalOf(element).scale) : textOf;
    const isUnsigned =
        element.converted_type === "UINT_64" ||
        (element.logical_type?.type === "INTEGER" && !element.logical_type.isSigned);
    return (value) => {
        if (value === null || value === undefined) return null;
        if (value instanceof Date) return timeText(value, kind);
        return write(isUnsigned && typeof value === "bigint" ? BigInt.asUintN(64, value) : value);
    };
}

/** A time without a zone says so by having none, and a day by having no time. One that no calendar has stays unreadable. */
function timeText(value: Date, kind: ColumnKind): string {
    if (Number.isNaN(value.getTime())) return String(value);
    const text = value.toISOString();
    return kind === "date" ? text.slice(0, text.indexOf("T")) : kind === "timestamp" ? text.slice(0, -1) : text;
}

function textOf(value: unknown): string {
    if (typeof value === "string") return value;
    if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
    if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean") return value.toString();
    return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
}

function decimalWriter(scale: number): (value: unknown) => string {
    return (value) => {
        const unscaled = value instanceof Uint8Array ? wholeNumber(value) : BigInt(value as bigint | number);
        const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
        const text = scale <= 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
        return unscaled < 0n ? `-${text}` : text;
    };
}

/** Bytes of a two's complement, the highest first. */
const wholeNumber = (bytes: Uint8Array): bigint =>
    bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
