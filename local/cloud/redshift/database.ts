import type { ParserOptions, PGliteInterface, Results } from "@electric-sql/pglite";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { dialectFunctions, sessionSettings } from "./dialectFunctions";

/** The database behind a cluster or workgroup: PostgreSQL in memory, with Redshift's manners. One session; statements take turns. */
export class Database {
    private turn: Promise<unknown> = Promise.resolve();

    private constructor(private readonly postgres: PGliteInterface) {}

    /** Opens an empty database. The first one on a machine takes some seconds, later ones start from a copy of it. */
    static async open(): Promise<Database> {
        const { PGlite } = await import("@electric-sql/pglite");
        const template = templateFile();
        const copy = await readFile(template).catch(() => undefined);
        const postgres =
            copy === undefined ? await PGlite.create() : await PGlite.create({ loadDataDir: new Blob([copy]) });
        if (copy === undefined) {
            await postgres.exec(dialectFunctions);
            await keepTemplate(postgres, template);
        }
        await postgres.exec(sessionSettings);
        return new Database(postgres);
    }

    /** Runs SQL, one statement or many, without a result. `now`, in milliseconds since 1970, is what GETDATE gives. */
    async exec(sql: string, now: number): Promise<void> {
        await this.inTurn(async () => {
            await this.setClock(now);
            await this.postgres.exec(sql);
        });
    }

    /** Runs one statement. `parsers` says how values of types are read; PGlite's own way unless given. */
    async run(sql: string, now: number, parsers?: ParserOptions): Promise<Results<Record<string, unknown>>> {
        return this.inTurn(async () => {
            await this.setClock(now);
            return this.postgres.query<Record<string, unknown>>(sql, [], { parsers });
        });
    }

    /** Loads CSV text with a header line. */
    async copyFrom(table: string, csv: string): Promise<void> {
        const sql = `copy ${table} from '/dev/blob' with (format csv, header)`;
        await this.inTurn(() => this.postgres.query(sql, [], { blob: new Blob([csv]) }));
    }

    /** Runs a query and returns its rows as CSV with a header line. */
    async copyTo(query: string, now: number): Promise<Buffer> {
        const { blob } = await this.run(`copy (\n${query}\n) to '/dev/blob' with (format csv, header)`, now);
        return Buffer.from(await blob!.arrayBuffer());
    }

    async close(): Promise<void> {
        await this.inTurn(() => this.postgres.close());
    }

    private async setClock(now: number): Promise<void> {
        const text = new Date(now).toISOString().slice(0, -1);
        await this.postgres.query("select set_config('lookout.now', $1, false)", [text]);
    }

    private inTurn<T>(work: () => Promise<T>): Promise<T> {
        const result = this.turn.then(work);
        this.turn = result.catch(() => undefined);
        return result;
    }
}

/** Where the copy of a fresh database lies: beside the installed packages, named for all that decides what is in it. */
function templateFile(): string {
    const library = dirname(require.resolve("@electric-sql/pglite"));
    const { version } = JSON.parse(readFileSync(join(library, "..", "package.json"), "utf8")) as { version: string };
    const content = createHash("sha256").update(dialectFunctions).digest("hex").slice(0, 10);
    return join(library, "..", "..", "..", ".cache", "lookout-connectors", `pglite-${version}-${content}.tar`);
}

/** Keeps a copy for the next time. Where that folder may not be written, opening stays slow. */
async function keepTemplate(postgres: PGliteInterface, file: string): Promise<void> {
    const dump = await postgres.dumpDataDir("none");
    const temporary = `${file}.${process.pid}`;
    try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(temporary, Buffer.from(await dump.arrayBuffer()));
        await rename(temporary, file);
    } catch {
        return;
    }
}
