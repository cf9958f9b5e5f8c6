import { existsSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { LookoutError } from "../../errors";

/** Flags of `lookout serve`, each already of its form. */
export interface ServeFlags {
    readonly port: number;
    readonly dir: string;
    /** `NAME=FOLDER`, any number of them. */
    readonly bucket: readonly string[];
    readonly s3Endpoint?: string;
    readonly region: string;
    readonly account: string;
    readonly simulate?: boolean;
    /** ISO 8601. */
    readonly now?: string;
}

export interface ServeOptions {
    /** 0: any free one. */
    readonly port: number;
    /** Where the service keeps all that it knows. */
    readonly folder: string;
    readonly place: ServePlace;
    /** What the clock shows at first, in milliseconds since 1970; absent: the real one. */
    readonly simulated?: { readonly now?: number };
}

/** What the service's processes need to know of where they are. */
export interface ServePlace {
    readonly region: string;
    readonly accountId: string;
    /** Folders that stand for buckets, by the bucket's name. */
    readonly buckets: Readonly<Record<string, string>>;
    /** Where all other buckets are; absent: there are no others. */
    readonly s3Endpoint?: string;
}

/** The command line asks for something that cannot be; the text names the flag. */
export class UsageError extends LookoutError {
    override readonly name = "UsageError";
}

/** Checks what the flags' own parsers cannot: each against the others, and against the disk. Throws UsageError. */
export function parseServeFlags(flags: ServeFlags, workingFolder: string): ServeOptions {
    const { port, region, account, s3Endpoint, simulate = false, now } = flags;
    if (now !== undefined && !simulate)
        throw new UsageError("--now sets a simulated clock; add --simulate, or leave --now out for the real one");
    const folder = path.resolve(workingFolder, flags.dir);
    if (existsSync(folder) && !statSync(folder).isDirectory())
        throw new UsageError(`--dir ${flags.dir} is a file; give a folder, which is made when there is none`);
    return {
        port,
        folder,
        place: {
            region,
            accountId: account,
            buckets: bucketsApart(flags.bucket, workingFolder, folder),
            ...(s3Endpoint === undefined ? {} : { s3Endpoint }),
        },
        ...(simulate ? { simulated: now === undefined ? {} : { now: Date.parse(now) } } : {}),
    };
}

function bucketsApart(given: readonly string[], workingFolder: string, dir: string): Record<string, string> {
    const folders = bucketFolders(given, workingFolder);
    for (const text of given) requireApart(text, realPath(folders[text.slice(0, text.indexOf("="))]!), realPath(dir));
    return folders;
}

/** Folders by the buckets that they stand for, out of `NAME=FOLDER` texts. Throws UsageError for a folder that is not there, and for a bucket given twice. */
export function bucketFolders(given: readonly string[], workingFolder: string): Record<string, string> {
    const folders = new Map<string, string>();
    for (const text of given) {
        const mark = text.indexOf("=");
        const [name, folder] = [text.slice(0, mark), path.resolve(workingFolder, text.slice(mark + 1))];
        if (folders.has(name)) throw new UsageError(`--bucket ${name} is given twice; a bucket is one folder`);
        if (!existsSync(folder) || !statSync(folder).isDirectory())
            throw new UsageError(`--bucket ${text}: there is no folder ${folder}; make it, or correct the path`);
        folders.set(name, folder);
    }
    return Object.fromEntries(folders);
}

/** A bucket that held what the service keeps would offer detectors and models as data. Throws UsageError. */
function requireApart(text: string, folder: string, dir: string): void {
    if (!isWithin(dir, folder) && !isWithin(folder, dir)) return;
    const way = folder === dir ? "is" : isWithin(dir, folder) ? "contains" : "lies within";
    throw new UsageError(
        `--bucket ${text} ${way} the folder of --dir, which is the service's own (${dir}); give another folder to either`,
    );
}

/** Whether a folder is another or lies in it; both absolute. */
function isWithin(inner: string, outer: string): boolean {
    const way = path.relative(outer, inner);
    return way === "" || !(way === ".." || way.startsWith(`..${path.sep}`) || path.isAbsolute(way));
}

/** A folder with all links on the way to it followed, as far as there is one yet. */
function realPath(folder: string): string {
    if (existsSync(folder)) return realpathSync(folder);
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(realPath(parent), path.basename(folder));
}
