/**
 * The fields of one row, each a piece of a text: field `i` is `texts[i]` from `starts[i]` up to `ends[i]`. One object serves all rows of a
 * file, so that reading a row makes nothing that has to be thrown away.
 */
export interface Fields {
    count: number;
    readonly texts: string[];
    readonly starts: number[];
    readonly ends: number[];
}

export const createFields = (): Fields => ({ count: 0, texts: [], starts: [], ends: [] });

export function addField(fields: Fields, text: string, start: number, end: number): void {
    const at = fields.count++;
    fields.texts[at] = text;
    fields.starts[at] = start;
    fields.ends[at] = end;
}

/** A field as a text of its own; empty for one that the row does not have. */
export function fieldText(fields: Fields, at: number): string {
    return at < fields.count ? fields.texts[at]!.slice(fields.starts[at], fields.ends[at]) : "";
}

export function isField(fields: Fields, at: number, value: string): boolean {
    if (at >= fields.count) return value === "";
    const start = fields.starts[at]!;
    if (fields.ends[at]! - start !== value.length) return false;
    const text = fields.texts[at]!;
    for (let i = 0; i < value.length; i++) if (text.charCodeAt(start + i) !== value.charCodeAt(i)) return false;
    return true;
}

/** True for a field without anything but blanks. */
export function isBlank(fields: Fields, at: number): boolean {
    if (at >= fields.count) return true;
    const text = fields.texts[at]!;
    for (let i = fields.starts[at]!; i < fields.ends[at]!; i++) if (text.charCodeAt(i) > 32) return false;
    return true;
}

/** Powers of ten that a double holds exactly, as far as they are needed. */
const powers = Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));

/**
 * A field's decimal number; NaN for anything else, such as a hexadecimal one, "NaN" or "Infinity". Up to fifteen digits are put together
 * here, which is exact: both sides of the division are whole numbers that a double holds.
 */
export function fieldNumber(fields: Fields, at: number): number {
    if (at >= fields.count) return NaN;
    const text = fields.texts[at]!;
    const end = fields.ends[at]!;
    let i = fields.starts[at]!;
    const isNegative = text.charCodeAt(i) === 45;
    if (isNegative) i++;
    let [digits, value, decimals, isFraction] = [0, 0, 0, false];
    for (; i < end; i++) {
        const code = text.charCodeAt(i);
        if (code >= 48 && code <= 57) {
            value = value * 10 + code - 48;
            digits++;
            if (isFraction) decimals++;
        } else if (code === 46 && !isFraction) isFraction = true;
        else return slowNumber(fieldText(fields, at));
    }
    if (digits === 0 || digits > 15) return slowNumber(fieldText(fields, at));
    const size = decimals === 0 ? value : value / powers[decimals]!;
    return isNegative ? -size : size;
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function slowNumber(text: string): number {
    const trimmed = text.trim();
    const value = decimal.test(trimmed) ? Number(trimmed) : NaN;
    return Number.isFinite(value) ? value : NaN;
}

/** A text of its own: a slice keeps the whole piece of file alive that it was cut from. */
export const ownText = (text: string): string => Buffer.from(text, "utf16le").toString("utf16le");
