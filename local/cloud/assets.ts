import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";

/** Stands for an archive in a resource's inputs: its files lie in the folder that `archiveFolder` names. */
export interface StoredArchive {
    /** SHA-256 over names and contents: equal archives have equal hashes. */
    readonly archive: string;
}

/** Keys with which Pulumi marks special values in a resource's inputs. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
    asset: "c44067f5952c0a294b673a41bacd8c17",
    archive: "0def7320c3a5731c473e5ecbe6d01bc7",
    secret: "1b47061264138c4ac30d75fd1eb44270",
    resource: "5cf8f73096256a8f31e491e813e4eb8e",
};

type Files = Map<string, Buffer>;

/** Folder in which a stored archive's files lie. */
export function archiveFolder(folder: string, archive: StoredArchive): string {
    return join(folder, "code", archive.archive);
}

export function isStoredArchive(value: unknown): value is StoredArchive {
    return typeof value === "object" && value !== null && typeof (value as StoredArchive).archive === "string";
}

/**
 * Inputs as plain JSON: archives are written to the state folder and stand as their hash, assets as their text, secrets and resource
 * references as what they hold. `base` is the folder to which the program's relative paths refer.
 */
export function plainInputs(inputs: object, folder: string, base: string): Record<string, unknown> {
    return plain(inputs, folder, base) as Record<string, unknown>;
}

function plain(value: unknown, folder: string, base: string): unknown {
    if (Array.isArray(value)) {
        return value.map((item) => plain(item, folder, base));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const marked = value as Record<string, unknown>;
    switch (marked[signatureKey]) {
        case undefined:
            return Object.fromEntries(
                Object.entries(marked)
                    .filter(([, item]) => item !== undefined)
                    .map(([key, item]) => [key, plain(item, folder, base)]),
            );
        case signatures.secret:
            return plain(marked.value, folder, base);
        case signatures.resource:
            return marked.id === undefined ? marked.urn : plain(marked.id, folder, base);
        case signatures.asset:
            return readAsset(marked, base).toString("utf8");
        case signatures.archive:
            return storeArchive(marked, folder, base);
        default:
            throw new Error("the program passes a kind of value to a resource that the embedded cloud does not know");
    }
}

function readAsset(asset: Record<string, unknown>, base: string): Buffer {
    if (typeof asset.text === "string") {
        return Buffer.from(asset.text);
    }
    if (typeof asset.path === "string" && asset.path !== "") {
        return readFileSync(resolve(base, asset.path));
    }
    throw new Error(
        "the embedded cloud reads assets from text and from files, not from addresses; use StringAsset or FileAsset",
    );
}

function storeArchive(archive: Record<string, unknown>, folder: string, base: string): StoredArchive {
    const files: Files = new Map();
    collectArchive(archive, base, "", files);
    const hash = createHash("sha256");
    const names = [...files.keys()].sort();
    for (const name of names) {
        const content = files.get(name)!;
        hash.update(`${name}\0${content.length}\0`).update(content);
    }
    const stored = { archive: hash.digest("hex") };
    const target = archiveFolder(folder, stored);
    if (!existsSync(target)) {
        writeFiles(`${target}.new`, files);
        renameSync(`${target}.new`, target);
    }
    return stored;
}

function collectArchive(archive: Record<string, unknown>, base: string, prefix: string, files: Files): void {
    if (typeof archive.assets === "object" && archive.assets !== null) {
        for (const [name, item] of Object.entries(archive.assets) as [string, Record<string, unknown>][]) {
            const path = posix.join(prefix, name);
            if (item[signatureKey] === signatures.archive) {
                collectArchive(item, base, path, files);
            } else {
                files.set(path, readAsset(item, base));
            }
        }
        return;
    }
    const path = typeof archive.path === "string" ? resolve(base, archive.path) : undefined;
    if (path === undefined || /\.(zip|tar|tgz|gz|jar)$/.test(path)) {
        throw new Error(
            "the embedded cloud reads archives of assets and folders; use AssetArchive, or FileArchive of a folder",
        );
    }
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) {
            const file = join(entry.parentPath, entry.name);
            files.set(posix.join(prefix, file.slice(path.length + 1).replaceAll("\\", "/")), readFileSync(file));
        }
    }
}

function writeFiles(target: string, files: Files): void {
    for (const [name, content] of files) {
        const file = join(target, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
    }
}
