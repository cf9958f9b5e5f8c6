import { createHash } from "node:crypto";
import {
    existsSync,
    mkdirSync,
    readFileSync,
    readdirSync,
    renameSync,
    rmSync,
    rmdirSync,
    statSync,
    unlinkSync,
    writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Journal } from "../journal";
import type { StoredChecksum } from "./checksums";
import { decodeKey, encodeKey } from "./keyEncoding";
import { OrderedKeys } from "./keyOrder";

/** What a bucket knows of an object beside its bytes. */
export interface ObjectRecord {
    readonly size: number;
    /** Without quotes: MD5 of the bytes in hexadecimal; for a multipart upload MD5 of the parts' MD5s, with their number. */
    readonly etag: string;
    /** When it was written, in milliseconds since 1970. */
    readonly modified: number;
    readonly contentType?: string;
    /** Headers that are given back as they came, such as `content-encoding` and `x-amz-meta-owner`. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly checksum?: StoredChecksum;
}

let temporaryFiles = 0;

/**
 * One bucket: a file for each object, and a journal of what the files do not say. Every operation is done when it returns, so that
 * conditional writes cannot overtake each other.
 */
export class BucketFiles {
    readonly keys = new OrderedKeys();
    private readonly folder: string;
    private readonly temporary: string;
    private readonly records: Journal<ObjectRecord>;
    private readonly folders = new Set<string>();

    /** Opens `<root>/<name>`, and adopts files that the journal does not know. */
    constructor(root: string, name: string) {
        this.folder = join(root, name);
        this.temporary = join(root, ".temporary");
        mkdirSync(this.folder, { recursive: true });
        mkdirSync(this.temporary, { recursive: true });
        const journal = join(root, `${name}.jsonl`);
        const noted = existsSync(journal) ? statSync(journal).mtimeMs : 0;
        this.records = new Journal<ObjectRecord>(journal);
        this.reconcile(noted);
    }

    get(key: string): ObjectRecord | undefined {
        return this.records.get(key);
    }

    /** Path of the file with the object's bytes. */
    path(key: string): string {
        return join(this.folder, encodeKey(key));
    }

    read(key: string): Buffer {
        return readFileSync(this.path(key));
    }

    put(key: string, body: Uint8Array, record: ObjectRecord): void {
        const temporary = this.temporaryPath();
        writeFileSync(temporary, body);
        this.adopt(key, temporary, record);
    }

    /** Makes a file that is written already the object's. */
    adopt(key: string, file: string, record: ObjectRecord): void {
        const path = this.path(key);
        const folder = dirname(path);
        if (!this.folders.has(folder)) {
            mkdirSync(folder, { recursive: true });
            this.folders.add(folder);
        }
        renameSync(file, path);
        this.records.set(key, record);
        this.keys.add(key);
    }

    delete(key: string): void {
        if (this.records.get(key) === undefined) {
            return;
        }
        const path = this.path(key);
        unlinkSync(path);
        this.records.delete(key);
        this.keys.delete(key);
        this.removeEmptyFolders(dirname(path));
    }

    /** Removes the bucket with all it holds. */
    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
        rmSync(`${this.folder}.jsonl`, { force: true });
    }

    /** A new path on the same file system, for bytes that are not an object yet. */
    temporaryPath(): string {
        temporaryFiles += 1;
        return join(this.temporary, `${process.pid}-${temporaryFiles}`);
    }

    private removeEmptyFolders(folder: string): void {
        for (let current = folder; current !== this.folder; current = dirname(current)) {
            try {
                rmdirSync(current);
            } catch {
                return; // It still holds something.
            }
            this.folders.delete(current);
        }
    }

    /** A process may have died between writing a file and noting it, and a user may have laid a file there: `noted` is the last note's time. */
    private reconcile(noted: number): void {
        const entries = readdirSync(this.folder, { recursive: true, withFileTypes: true });
        const found = new Set<string>();
        for (const entry of entries.filter((candidate) => candidate.isFile())) {
            const file = join(entry.parentPath, entry.name);
            const key = decodeKey(file.slice(this.folder.length + 1).replaceAll("\\", "/"));
            found.add(key);
            const { size, mtimeMs } = statSync(file);
            if (this.records.get(key)?.size !== size || mtimeMs > noted) {
                const etag = createHash("md5").update(readFileSync(file)).digest("hex");
                this.records.set(key, { size, etag, modified: Math.floor(mtimeMs) });
            }
            this.keys.add(key);
        }
        for (const key of this.records.keys().filter((candidate) => !found.has(candidate))) {
            this.records.delete(key);
        }
    }
}

/** True when the folder of a bucket exists. */
export function bucketExists(root: string, name: string): boolean {
    return existsSync(join(root, name)) && existsSync(join(root, `${name}.jsonl`));
}
