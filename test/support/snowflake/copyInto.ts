import type { ObjectStore } from "../../../objects/objectStore";
import { sqlTokens } from "../../../pipeline/sqlTokens";
import type { EngineResult } from "./engine";

/** A COPY INTO an external location, taken apart. */
export interface CopyInto {
    /** `s3://bucket/folder/` or `@stage/folder/`. */
    readonly location: string;
    readonly query: string;
    /** Copy options and, without a prefix, those of FILE_FORMAT; names in upper case, values as written. */
    readonly options: Readonly<Record<string, string>>;
}

const knownOptions = new Set([
    "STORAGE_INTEGRATION",
    "TYPE",
    "COMPRESSION",
    "FIELD_DELIMITER",
    "RECORD_DELIMITER",
    "FIELD_OPTIONALLY_ENCLOSED_BY",
    "ESCAPE",
    "ESCAPE_UNENCLOSED_FIELD",
    "EMPTY_FIELD_AS_NULL",
    "NULL_IF",
    "HEADER",
    "INCLUDE_QUERY_ID",
    "OVERWRITE",
    "MAX_FILE_SIZE",
]);

/** Defaults of "COPY INTO <location>", https://docs.snowflake.com/en/sql-reference/sql/copy-into-location. */
const defaults: Readonly<Record<string, string>> = {
    COMPRESSION: "AUTO",
    FIELD_DELIMITER: "','",
    RECORD_DELIMITER: "'\\n'",
    FIELD_OPTIONALLY_ENCLOSED_BY: "NONE",
    ESCAPE: "NONE",
    ESCAPE_UNENCLOSED_FIELD: "'\\\\'",
    EMPTY_FIELD_AS_NULL: "TRUE",
    NULL_IF: "('\\\\N')",
    HEADER: "FALSE",
    INCLUDE_QUERY_ID: "FALSE",
    OVERWRITE: "FALSE",
};

export const isCopy = (sql: string): boolean => /^\s*copy\s+into\b/i.test(sql);

/** Throws an Error in Snowflake's words for what it would not take. */
export function parseCopy(sql: string): CopyInto {
    const [head = "", location = ""] = /^\s*copy\s+into\s+'([^']+)'\s+from\s+\(/i.exec(sql) ?? [];
    if (location === "")
        throw new Error("SQL compilation error:\nsyntax error line 1 at position 0 unexpected 'COPY'.");
    let depth = 1;
    let end = head.length;
    for (const { text, kind } of sqlTokens(sql.slice(head.length), "escape")) {
        if (kind === "symbol") depth += text === "(" ? 1 : text === ")" ? -1 : 0;
        end += text.length;
        if (depth === 0) break;
    }
    const given = [
        ...sql
            .slice(end)
            .replace(/FILE_FORMAT = \(([^)]*(\([^)]*\))?[^)]*)\)/i, "$1")
            .matchAll(optionForm),
    ];
    const options = Object.fromEntries(given.map(([, name = "", value = ""]) => [name.toUpperCase(), value]));
    const unknown = Object.keys(options).find((name) => !knownOptions.has(name));
    if (unknown !== undefined) throw new Error(`SQL compilation error:\ninvalid parameter '${unknown}'`);
    return { location, query: sql.slice(head.length, end - 1), options: { ...defaults, ...options } };
}

const optionForm = /(\w+)\s*=\s*(\([^)]*\)|'(?:[^'\\]|\\.)*'|"[^"]*"|[\w.]+)/g;

/**
 * Writes the rows as Snowflake does by these options, in two files where there are two rows, as if two threads had worked on them, and
 * none where there are no rows. Returns the rows written.
 */
export async function writeCopy(
    { options }: CopyInto,
    { columns, rows }: EngineResult,
    target: { readonly store: ObjectStore; readonly prefix: string; readonly statement: string },
): Promise<number> {
    if (options.COMPRESSION !== "NONE") throw new Error("the stand-in writes no compressed files");
    const present = [];
    for await (const { key } of target.store.list(target.prefix)) present.push(key);
    const named = options.INCLUDE_QUERY_ID === "TRUE";
    if (!named && present.length > 0 && options.OVERWRITE !== "TRUE") {
        throw new Error(
            `Files already existing at the unload destination: ${target.prefix}. Use overwrite option to force unloading.`,
        );
    }
    const line = (fields: readonly string[]): string =>
        `${fields.join(unquote(options.FIELD_DELIMITER))}${unquote(options.RECORD_DELIMITER)}`;
    const header = options.HEADER === "TRUE" ? line(columns.map(({ name }) => name)) : "";
    const half = Math.ceil(rows.length / 2);
    for (const [thread, part] of [rows.slice(0, half), rows.slice(half)].entries()) {
        if (part.length === 0) continue;
        const body = part.map((row) => line(row.map((value, at) => fieldOf(value, columns[at]!.type, options))));
        const name = `data_${named ? `${target.statement}_` : ""}0_${thread}_0.csv`;
        await target.store.put(`${target.prefix}${name}`, `${header}${body.join("")}`);
    }
    return rows.length;
}

function fieldOf(value: string | null, type: string, options: CopyInto["options"]): string {
    const isText = type === "text";
    const quote = options.FIELD_OPTIONALLY_ENCLOSED_BY === "NONE" ? "" : unquote(options.FIELD_OPTIONALLY_ENCLOSED_BY);
    if (value === null) {
        // The text for NULL stands between quotes like any other: the example in "Data unloading considerations".
        const text = unquote(/^\(\s*('(?:[^'\\]|\\.)*')?/.exec(options.NULL_IF ?? "")?.[1] ?? "''");
        return isText ? `${quote}${text}${quote}` : text;
    }
    if (quote !== "") return isText ? `${quote}${value.replaceAll(quote, quote + quote)}${quote}` : value;
    if (value === "" && options.EMPTY_FIELD_AS_NULL === "TRUE") {
        throw new Error(
            "SQL compilation error:\nEMPTY_FIELD_AS_NULL cannot be TRUE where FIELD_OPTIONALLY_ENCLOSED_BY is NONE",
        );
    }
    const escape = options.ESCAPE_UNENCLOSED_FIELD === "NONE" ? "" : unquote(options.ESCAPE_UNENCLOSED_FIELD);
    return escape === "" ? value : value.replace(/[\\,\n]/g, (character) => `${escape}${character}`);
}

/** What a literal stands for. */
function unquote(literal = ""): string {
    const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
    return literal
        .slice(1, -1)
        .replaceAll("''", "'")
        .replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
}
