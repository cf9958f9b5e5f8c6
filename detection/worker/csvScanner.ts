import { addField, createFields, type Fields } from "./fields";

/** How values are told apart. */
export interface CsvDialect {
    /** One character. */
    readonly delimiter: string;
    /** One character, or empty for none. */
    readonly quote: string;
}

/** Who takes the rows. Lines are counted from 1, also those inside quotes; a row has the line that it begins on. */
export interface CsvSink {
    row(fields: Fields, line: number): void;
    /** A line that is no row: text after a closing quote, or a quote that is never closed. Reading goes on with the next line. */
    broken(text: string, line: number): void;
}

/** Takes a file's text piece by piece. */
export interface CsvScanner {
    push(text: string): void;
    /** Tells that there is no more. */
    end(): void;
}

const lineFeed = 10;
const carriageReturn = 13;
/** Characters after which a row that has not ended is taken for one with a quote that is never closed. */
const longestRow = 1_048_576;

/** What a scan of one row came to, where it is no place in the text. */
const cutOff = -1;
const isBroken = -2;

/** Splits text into rows: quotes may be doubled, hold delimiters and line ends; lines end as they like; empty ones are passed over. */
export function createCsvScanner({ delimiter, quote }: CsvDialect, sink: CsvSink): CsvScanner {
    const fields = createFields();
    const [delimiterCode, quoteCode] = [delimiter.charCodeAt(0), quote === "" ? -1 : quote.charCodeAt(0)];
    let rest = "";
    let line = 1;
    /** Line ends inside the quotes of the row that is being read. */
    let inside = 0;

    /** Reads the fields of the row at `from`; gives where its line ends, or why there is none. */
    const scanRow = (text: string, from: number, isLast: boolean): number => {
        fields.count = 0;
        inside = 0;
        for (let at = from; ;) {
            if (quoteCode >= 0 && text.charCodeAt(at) === quoteCode) {
                at = scanQuoted(text, at, isLast);
                if (at < 0) return at;
            } else {
                const start = at;
                for (; at < text.length; at++) {
                    const code = text.charCodeAt(at);
                    if (code === delimiterCode || code === lineFeed || code === carriageReturn) break;
                }
                addField(fields, text, start, at);
            }
            if (at >= text.length) return isLast ? at : cutOff;
            if (text.charCodeAt(at) !== delimiterCode) return at;
            at++;
        }
    };

    /** Reads a quoted field; gives the place after its closing quote. */
    const scanQuoted = (text: string, open: number, isLast: boolean): number => {
        let isDoubled = false;
        let close = text.indexOf(quote, open + 1);
        while (close >= 0 && text.charCodeAt(close + 1) === quoteCode) {
            isDoubled = true;
            close = text.indexOf(quote, close + 2);
        }
        if (close < 0) return isLast || text.length - open > longestRow ? isBroken : cutOff;
        const next = close + 1;
        if (next >= text.length && !isLast) return cutOff;
        if (isDoubled) {
            const value = text.slice(open + 1, close).replaceAll(quote + quote, quote);
            addField(fields, value, 0, value.length);
        } else addField(fields, text, open + 1, close);
        for (let at = open; at < close; at++) if (text.charCodeAt(at) === lineFeed) inside++;
        const code = text.charCodeAt(next);
        const isEnd = next >= text.length || code === delimiterCode || code === lineFeed || code === carriageReturn;
        return isEnd ? next : isBroken;
    };

    const scan = (text: string, isLast: boolean): number => {
        let from = 0;
        while (from < text.length) {
            let end = scanRow(text, from, isLast);
            if (end === cutOff) break;
            const isRow = end !== isBroken;
            if (!isRow) end = lineEnd(text, from);
            if (!isRow && end === text.length && !isLast && end - from <= longestRow) break;
            const isReturn = text.charCodeAt(end) === carriageReturn;
            // A line end may be two characters, the second of which has not come yet.
            if (isReturn && end + 1 === text.length && !isLast) break;
            if (!isRow) sink.broken(text.slice(from, end), line);
            else if (end > from) sink.row(fields, line);
            line += isRow ? 1 + inside : 1;
            from = end + (isReturn && text.charCodeAt(end + 1) === lineFeed ? 2 : 1);
        }
        return from;
    };

    return {
        push: (text) => {
            const all = rest + text;
            rest = all.slice(scan(all, false));
        },
        end: () => {
            scan(rest, true);
            rest = "";
        },
    };
}

function lineEnd(text: string, from: number): number {
    let at = from;
    while (at < text.length && text.charCodeAt(at) !== lineFeed && text.charCodeAt(at) !== carriageReturn) at++;
    return at;
}
