import { isLosslessNumber, parse } from "lossless-json";
import type { Readable } from "node:stream";

/** A row of an object: text by column, null for NULL; exactly as it is written. */
type JsonRow = Readonly<Record<string, string | null>>;

/** The rows of JSON lines, one object a line; empty lines are passed over. Throws Error with the line's number for any other. */
export async function* jsonRows(text: Readable): AsyncGenerator<JsonRow> {
    let number = 0;
    for await (const line of linesOf(text)) {
        number++;
        if (line.trim() !== "") yield jsonRow(line, number);
    }
}

/** Lines end with a line feed and with nothing else: JSON's texts may hold other separators of lines as they are. */
async function* linesOf(text: Readable): AsyncGenerator<string> {
    text.setEncoding("utf8");
    let rest = "";
    let isFirst = true;
    for await (const piece of text) {
        const lines = `${rest}${isFirst ? withoutMark(piece as string) : (piece as string)}`.split("\n");
        isFirst = false;
        rest = lines.pop() ?? "";
        yield* lines;
    }
    yield rest;
}

/** Without the byte order mark that some writers begin with. */
const withoutMark = (text: string): string => (text.startsWith("\uFEFF") ? text.slice(1) : text);

/** Numbers keep their digits: a double would round large ones. */
function jsonRow(line: string, number: number): JsonRow {
    const value = parsed(line, number);
    if (typeof value !== "object" || value === null || Array.isArray(value) || isLosslessNumber(value))
        throw new Error(`line ${number} is ${nameOf(value)}; expected a JSON object, such as {"country": "de"}`);
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, jsonText(field)]));
}

function parsed(line: string, number: number): unknown {
    try {
        return parse(line);
    } catch (cause) {
        throw new Error(`line ${number} is no JSON: ${(cause as Error).message}`, { cause });
    }
}

const nameOf = (value: unknown): string =>
    value === null
        ? "null"
        : Array.isArray(value)
          ? "a list"
          : typeof value === "object"
            ? "a number"
            : `a ${typeof value}`;

function jsonText(value: unknown): string | null {
    if (value === null || value === undefined) return null;
    if (isLosslessNumber(value)) return value.toString();
    return typeof value === "string" ? value : nestedText(value);
}

/** A value within a value, with its numbers as they were written. */
function nestedText(value: unknown): string {
    if (isLosslessNumber(value)) return value.toString();
    if (Array.isArray(value)) return `[${value.map(nestedText).join(",")}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${nestedText(field)}`);
    return `{${fields.join(",")}}`;
}
