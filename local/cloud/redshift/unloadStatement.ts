import { literalValue, splitSql, type SqlPiece } from "./sqlText";

/** A parsed UNLOAD. */
export interface UnloadStatement {
    readonly query: string;
    readonly bucket: string;
    readonly prefix: string;
    /** Role to assume, or a chain of them. */
    readonly roles: readonly string[];
    readonly header: boolean;
    readonly gzip: boolean;
    readonly allowOverwrite: boolean;
    readonly cleanPath: boolean;
    readonly parallel: boolean;
    readonly manifest: boolean;
    /** Bytes. */
    readonly maxFileSize: number;
    readonly extension?: string;
    readonly region?: string;
}

type Draft = { -readonly [Key in keyof UnloadStatement]?: UnloadStatement[Key] } & { format?: string };

/** True for a statement that `parseUnload` is for. */
export function isUnload(sql: string): boolean {
    return splitSql(sql).find(isMeaningful)?.text.toLowerCase() === "unload";
}

/** Reads an UNLOAD statement. Throws an Error with the database's text for one that it would refuse. */
export function parseUnload(sql: string): UnloadStatement {
    const cursor = new Cursor(splitSql(sql).filter(isMeaningful));
    cursor.expect("unload", "(");
    const query = cursor.literal();
    cursor.expect(")", "to");
    const { bucket, prefix } = parseTarget(cursor.literal());
    const draft: Draft = { query, bucket, prefix };
    while (!cursor.isAtEnd()) {
        readOption(cursor, draft);
    }
    if (draft.roles === undefined) {
        throw new Error("No AWS credentials or IAM_ROLE were specified");
    }
    if (draft.format !== "csv") {
        throw new Error("the embedded Redshift unloads as CSV only; write FORMAT CSV");
    }
    const { roles, extension, region } = draft;
    return {
        query,
        bucket,
        prefix,
        roles,
        header: draft.header ?? false,
        gzip: draft.gzip ?? false,
        allowOverwrite: draft.allowOverwrite ?? false,
        cleanPath: draft.cleanPath ?? false,
        parallel: draft.parallel ?? true,
        manifest: draft.manifest ?? false,
        maxFileSize: draft.maxFileSize ?? 6.2 * 1024 ** 3,
        extension,
        region,
    };
}

function readOption(cursor: Cursor, draft: Draft): void {
    const name = cursor.next();
    const read = options[name.text.toLowerCase()];
    if (read === undefined) {
        throw syntaxError(name.text);
    }
    read(cursor, draft);
}

const options: Readonly<Record<string, (cursor: Cursor, draft: Draft) => void>> = {
    iam_role: (cursor, draft) => {
        draft.roles = cursor
            .literal()
            .split(",")
            .map((role) => role.trim());
    },
    format: (cursor, draft) => {
        cursor.skip("as");
        draft.format = cursor.next().text.toLowerCase();
    },
    csv: (_, draft) => void (draft.format = "csv"),
    header: (_, draft) => void (draft.header = true),
    gzip: (_, draft) => void (draft.gzip = true),
    allowoverwrite: (_, draft) => void (draft.allowOverwrite = true),
    cleanpath: (_, draft) => void (draft.cleanPath = true),
    manifest: (_, draft) => void (draft.manifest = true),
    encrypted: (cursor) => cursor.skip("auto"),
    parallel: (cursor, draft) => {
        const word = cursor.next().text.toLowerCase();
        if (!["on", "off", "true", "false"].includes(word)) {
            throw syntaxError(word);
        }
        draft.parallel = word === "on" || word === "true";
    },
    maxfilesize: (cursor, draft) => void (draft.maxFileSize = readSize(cursor)),
    extension: (cursor, draft) => void (draft.extension = cursor.literal()),
    region: (cursor, draft) => {
        cursor.skip("as");
        draft.region = cursor.literal();
    },
};

/** Bytes. The number may be cut into pieces at its point. */
function readSize(cursor: Cursor): number {
    cursor.skip("as");
    const number = Number(cursor.next().text);
    const unit = cursor.peek()?.text.toLowerCase();
    if (unit === "mb" || unit === "gb") {
        cursor.next();
    }
    const bytes = number * (unit === "gb" ? 1024 ** 3 : 1024 ** 2);
    if (!(bytes >= 5 * 1024 ** 2 && bytes <= 6.2 * 1024 ** 3)) {
        throw new Error("MAXFILESIZE must be between 5 MB and 6.2 GB");
    }
    return bytes;
}

function parseTarget(url: string): { bucket: string; prefix: string } {
    const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(url) ?? [];
    if (bucket === undefined) {
        throw new Error("UNLOAD destination is not supported. (Hint: only S3 based unload is allowed)");
    }
    return { bucket, prefix };
}

/** Walks over the pieces that mean something. */
class Cursor {
    private position = 0;

    constructor(private readonly pieces: readonly SqlPiece[]) {}

    isAtEnd(): boolean {
        const rest = this.pieces.slice(this.position);
        return rest.every(({ text }) => text === ";");
    }

    peek(): SqlPiece | undefined {
        return this.pieces[this.position];
    }

    next(): SqlPiece {
        const piece = this.pieces[this.position];
        if (piece === undefined) {
            throw new Error("syntax error at end of input");
        }
        this.position += 1;
        return piece;
    }

    expect(...words: readonly string[]): void {
        for (const word of words) {
            const { text } = this.next();
            if (text.toLowerCase() !== word) {
                throw syntaxError(text);
            }
        }
    }

    skip(word: string): void {
        if (this.peek()?.text.toLowerCase() === word) {
            this.position += 1;
        }
    }

    literal(): string {
        const { kind, text } = this.next();
        if (kind !== "literal") {
            throw syntaxError(text);
        }
        return literalValue(text);
    }
}

const isMeaningful = ({ kind }: SqlPiece): boolean => kind !== "space" && kind !== "comment";

const syntaxError = (text: string): Error => new Error(`syntax error at or near "${text}"`);
