/** A field of CSV: null for nothing between two delimiters, a text, also an empty one, for anything in quotes. */
export type Field = string | null;

/** Takes an object's text piece by piece, cut anywhere. Both throw an Error that names the line for what is no CSV. */
export interface CsvReader {
    push(text: string): void;
    /** Tells that there is no more. */
    end(): void;
}

const [quote, lineFeed, carriageReturn] = [0x22, 0x0a, 0x0d];
/** Characters after which a row that does not end is given up: rows are to fit into memory. */
const longestRow = 4 * 1024 * 1024;
/** Told instead of a place: the row goes on in text that has not come yet. */
const cutOff = -1;

/**
 * Reads RFC 4180 with any delimiter; lines end as they like, empty ones are passed over. `take` gets each row's fields, good until it
 * returns, and the line that the row ends on, from 1. No library keeps nothing and empty apart at a useful speed: they do it by a call for each field.
 */
export function createCsvReader(delimiter: string, take: (fields: readonly Field[], line: number) => void): CsvReader {
    const comma = delimiter.charCodeAt(0);
    const fields: Field[] = [];
    let rest = "";
    let line = 1;
    /** Where the quoted field that was read last ends, behind its quote. */
    let behind = 0;
    /** Whether lines end with a carriage return alone, as the first one shows. */
    let isReturnAlone: boolean | undefined;

    /** Whether a line ends at a character; undefined when the next one has to be seen. */
    const isLineEnd = (text: string, at: number, code: number, isLast: boolean): boolean | undefined => {
        if (code === lineFeed) return true;
        if (code !== carriageReturn) return false;
        if (at + 1 === text.length) return isLast || undefined;
        return text.charCodeAt(at + 1) === lineFeed || (isReturnAlone ?? true);
    };
    /** Reads the field in quotes that begins at `open`; undefined when it goes on. */
    const readQuoted = (text: string, open: number, isLast: boolean): string | undefined => {
        let isDoubled = false;
        let close = text.indexOf('"', open + 1);
        while (close >= 0 && text.charCodeAt(close + 1) === quote) {
            isDoubled = true;
            close = text.indexOf('"', close + 2);
        }
        if (close < 0 && isLast) throw new Error(`Quote that is opened on line ${line} is never closed`);
        // The next character tells whether the quote is a doubled one.
        if (close < 0 || (close + 1 === text.length && !isLast)) return undefined;
        behind = close + 1;
        const value = text.slice(open + 1, close);
        for (let at = value.indexOf("\n"); at >= 0; at = value.indexOf("\n", at + 1)) line += 1;
        return isDoubled ? value.replaceAll('""', '"') : value;
    };
    /** Reads the fields of the row at `from`; gives where its line ends. */
    const readRow = (text: string, from: number, isLast: boolean): number => {
        fields.length = 0;
        for (let at = from; ;) {
            let ends: boolean | undefined = false;
            if (text.charCodeAt(at) === quote) {
                const value = readQuoted(text, at, isLast);
                if (value === undefined) return cutOff;
                fields.push(value);
                at = behind;
                const code = text.charCodeAt(at);
                ends = at === text.length || isLineEnd(text, at, code, isLast);
                if (ends === false && code !== comma)
                    throw new Error(`Quote on line ${line} is closed before the end of field ${fields.length}`);
            } else {
                const start = at;
                for (; at < text.length; at += 1) {
                    const code = text.charCodeAt(at);
                    if (code === comma) break;
                    if (code > quote) continue;
                    if (code === quote)
                        throw new Error(`Quote on line ${line} is opened within field ${fields.length + 1}`);
                    ends = isLineEnd(text, at, code, isLast);
                    if (ends !== false) break;
                }
                if (at === text.length && !isLast) return cutOff;
                fields.push(at === start ? null : text.slice(start, at));
                ends = at === text.length || ends;
            }
            if (ends === undefined) return cutOff;
            if (ends) return at;
            at += 1;
        }
    };
    const read = (text: string, isLast: boolean): number => {
        let from = 0;
        while (from < text.length) {
            const firstLine = line;
            const end = readRow(text, from, isLast);
            if (end === cutOff) {
                line = firstLine;
                if (text.length - from > longestRow)
                    throw new Error(
                        `Row that begins on line ${line} does not end within ${longestRow} characters: a quote that is never closed, or an object that is no CSV`,
                    );
                break;
            }
            if (end > from) take(fields, line);
            const isReturn = text.charCodeAt(end) === carriageReturn;
            const isPair = isReturn && text.charCodeAt(end + 1) === lineFeed;
            isReturnAlone ??= isReturn && !isPair;
            from = end + (isPair ? 2 : 1);
            line += 1;
        }
        return from;
    };

    return {
        push(text) {
            const all = rest === "" ? text : rest + text;
            rest = all.slice(read(all, false));
        },
        end() {
            read(rest, true);
            rest = "";
        },
    };
}
