/** A stretch of SQL text: what is quoted or commented out is told apart from what is code. */
export interface SqlPiece {
    readonly kind: "word" | "literal" | "identifier" | "comment" | "space" | "symbol";
    readonly text: string;
}

/** Alternatives in the order in which they are tried. A backslash in a literal escapes the next character, as in Redshift. */
const patterns: readonly (readonly [SqlPiece["kind"], RegExp])[] = [
    ["space", /\s+/y],
    ["comment", /--[^\n]*/y],
    ["literal", /'(?:[^'\\]|\\[\s\S]|'')*'/y],
    ["literal", /\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/y],
    ["identifier", /"(?:[^"]|"")*"/y],
    ["word", /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
    ["word", /\d[\w.]*/y],
];

/** Splits SQL into its pieces; joined again they are the same text. What does not end is left to the database to refuse. */
export function splitSql(sql: string): SqlPiece[] {
    const pieces: SqlPiece[] = [];
    for (let position = 0; position < sql.length;) {
        const piece = pieceAt(sql, position);
        pieces.push(piece);
        position += piece.text.length;
    }
    return pieces;
}

/** What a literal stands for: its quotes off, doubled quotes and backslash escapes undone. */
export function literalValue(literal: string): string {
    const tag = /^\$\w*\$/.exec(literal)?.[0];
    if (tag !== undefined) {
        return literal.slice(tag.length, -tag.length);
    }
    return literal
        .slice(1, -1)
        .replace(/''|\\([\s\S])/g, (_, escaped?: string) =>
            escaped === undefined ? "'" : (escapes[escaped] ?? escaped),
        );
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

function pieceAt(sql: string, position: number): SqlPiece {
    if (sql.startsWith("/*", position)) {
        return { kind: "comment", text: sql.slice(position, endOfBlockComment(sql, position)) };
    }
    for (const [kind, pattern] of patterns) {
        pattern.lastIndex = position;
        const text = pattern.exec(sql)?.[0];
        if (text !== undefined) {
            return { kind, text };
        }
    }
    return { kind: "symbol", text: sql[position]! };
}

/** Block comments nest. */
function endOfBlockComment(sql: string, start: number): number {
    const marks = /\/\*|\*\//g;
    marks.lastIndex = start;
    let depth = 0;
    for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
        depth += mark[0] === "/*" ? 1 : -1;
        if (depth === 0) {
            return marks.lastIndex;
        }
    }
    return sql.length;
}
