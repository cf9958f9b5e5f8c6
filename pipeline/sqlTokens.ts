/*
 * Cuts SQL text into tokens, far enough to tell code from literals and comments; joined, the tokens give the text again. It knows
 * what the supported databases have in common: '…' with '' for a quote, E'…' with backslashes, "…", $tag$…$tag$, -- and nested
 * block comments.
 */

/** What a token is. A placeholder is `{{…}}` in code; braces in literals and comments are part of those. */
export type SqlKind = "space" | "comment" | "literal" | "identifier" | "word" | "placeholder" | "symbol";

/** One piece of SQL text. */
export interface SqlToken {
    readonly kind: SqlKind;
    readonly text: string;
    /** Position of its first character in the text, from 0. */
    readonly at: number;
    /** True when the text ended before the closing quote or comment mark. */
    readonly unterminated: boolean;
}

/** How a backslash in a plain literal '…' is read: as itself (standard SQL) or as an escape of what follows (Redshift). */
export type Backslash = "plain" | "escape";

/** The tokens of a text, in order. Linear in its length. */
export function sqlTokens(text: string, backslash: Backslash): SqlToken[] {
    const tokens: SqlToken[] = [];
    for (let at = 0; at < text.length;) {
        const { kind, end } = readToken(text, at, backslash);
        const reached = end === undefined ? text.length : end;
        tokens.push({ kind, text: text.slice(at, reached), at, unterminated: end === undefined });
        at = reached;
    }
    return tokens;
}

/** A token's kind and the position after it; undefined when it never ends. */
interface Reading {
    readonly kind: SqlKind;
    readonly end: number | undefined;
}

function readToken(text: string, at: number, backslash: Backslash): Reading {
    const two = text.slice(at, at + 2);
    if (two === "--") {
        return { kind: "comment", end: matchEnd(/[^\n\r]*/y, text, at) };
    }
    if (two === "/*") {
        return { kind: "comment", end: blockCommentEnd(text, at) };
    }
    if (two === "E'" || two === "e'") {
        return { kind: "literal", end: quotedEnd(text, at + 2, "'", "escape") };
    }
    switch (text[at]) {
        case "'":
            return { kind: "literal", end: quotedEnd(text, at + 1, "'", backslash) };
        case '"':
            return { kind: "identifier", end: quotedEnd(text, at + 1, '"', "plain") };
        case "$":
            return readDollar(text, at);
    }
    const patterns = { space: /\s+/y, word: /[\p{L}\p{N}_][\p{L}\p{N}_$]*/uy, placeholder: /\{\{[^{}]*\}\}/y } as const;
    for (const [kind, pattern] of Object.entries(patterns) as [SqlKind, RegExp][]) {
        const end = matchEnd(pattern, text, at);
        if (end !== undefined) {
            return { kind, end };
        }
    }
    return { kind: "symbol", end: at + 1 };
}

function readDollar(text: string, at: number): Reading {
    const tagEnd = matchEnd(/\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy, text, at);
    if (tagEnd === undefined) {
        return { kind: "symbol", end: at + 1 };
    }
    const tag = text.slice(at, tagEnd);
    const closing = text.indexOf(tag, tagEnd);
    return { kind: "literal", end: closing === -1 ? undefined : closing + tag.length };
}

/** Position after the closing quote; a doubled quote does not close. */
function quotedEnd(text: string, from: number, quote: string, backslash: Backslash): number | undefined {
    for (let at = from; at < text.length; at += 1) {
        if (text[at] === "\\" && backslash === "escape") {
            at += 1;
        } else if (text[at] === quote && text[at + 1] === quote) {
            at += 1;
        } else if (text[at] === quote) {
            return at + 1;
        }
    }
    return undefined;
}

function blockCommentEnd(text: string, from: number): number | undefined {
    let depth = 0;
    for (const mark of text.slice(from).matchAll(/\/\*|\*\//g)) {
        depth += mark[0] === "/*" ? 1 : -1;
        if (depth === 0) {
            return from + mark.index + 2;
        }
    }
    return undefined;
}

function matchEnd(sticky: RegExp, text: string, at: number): number | undefined {
    sticky.lastIndex = at;
    return sticky.test(text) ? sticky.lastIndex : undefined;
}
