import { PGlite } from "@electric-sql/pglite";
import assert from "node:assert/strict";
import type { ObjectStore } from "../../objects/objectStore";
import type { ContractRow } from "../contract/extractor";
import { type Answer, StandInError } from "./awsStandIn";

interface Statement {
    readonly id: string;
    readonly sql: string;
    state: "STARTED" | "FINISHED" | "FAILED" | "ABORTED";
    error?: string;
    /** Runs until it is cancelled. */
    readonly held: boolean;
}

/** The Data API's answers over an embedded PostgreSQL: UNLOAD becomes CSV objects, written as Redshift documents it. */
export interface UnloadEngine {
    readonly answers: Record<string, Answer>;
    load(rows: readonly ContractRow[]): Promise<void>;
    setSessionTimeZone(zone: string): Promise<void>;
    submitted(): number;
    underWay(): Promise<number>;
    hold(): void;
    settle(): Promise<void>;
    close(): Promise<void>;
}

const unloadText =
    /^UNLOAD \('((?:[^'\\]|''|\\\\)*)'\)\nTO 's3:\/\/metrics\/([^']*)'\nIAM_ROLE '[^']*'\nFORMAT AS CSV\nHEADER\n/;

export async function openUnloadEngine(store: ObjectStore): Promise<UnloadEngine> {
    const database = await PGlite.create();
    await database.exec("create table events (ts timestamp, platform text, views bigint)");
    const statements = new Map<string, Statement>();
    const tokens = new Map<string, string>();
    let holdNext = false;

    const find = (id: unknown): Statement => {
        const found = statements.get(String(id));
        if (found === undefined) {
            throw new StandInError("ResourceNotFoundException", "Query does not exist.");
        }
        return found;
    };
    const run = async (statement: Statement): Promise<void> => {
        try {
            await unload(database, store, statement.sql);
            statement.state = "FINISHED";
        } catch (error) {
            statement.state = "FAILED";
            statement.error = `ERROR: ${String((error as Error).message)}`;
        }
    };
    const open = () => [...statements.values()].filter(({ state }) => state === "STARTED");

    return {
        answers: {
            ExecuteStatement: ({ Sql, ClientToken }) => {
                const token = String(ClientToken);
                const id = tokens.get(token) ?? `statement-${statements.size + 1}`;
                if (!statements.has(id)) {
                    statements.set(id, { id, sql: String(Sql), state: "STARTED", held: holdNext });
                    holdNext = false;
                }
                tokens.set(token, id);
                return { Id: id };
            },
            DescribeStatement: ({ Id }) => {
                const { id, state, error } = find(Id);
                return { Id: id, Status: state, Error: error };
            },
            CancelStatement: ({ Id }) => {
                const statement = find(Id);
                if (statement.state !== "STARTED") {
                    throw new StandInError(
                        "ValidationException",
                        `Could not cancel a query in ${statement.state} state.`,
                    );
                }
                statement.state = "ABORTED";
                return { Status: true };
            },
        },
        async load(rows) {
            await database.exec("truncate events");
            for (const { ts, platform, views } of rows) {
                await database.query("insert into events values ($1, $2, $3)", [ts, platform, views]);
            }
        },
        setSessionTimeZone: async (zone) => void (await database.exec(`set timezone to '${zone}'`)),
        submitted: () => statements.size,
        underWay: async () => open().length,
        hold: () => {
            holdNext = true;
        },
        async settle() {
            for (const statement of open().filter(({ held }) => !held)) {
                await run(statement);
            }
        },
        close: async () => database.close(),
    };
}

/** Runs an UNLOAD: no object for no rows, and never over one that is there. */
async function unload(database: PGlite, store: ObjectStore, statement: string): Promise<void> {
    const [, literal = "", prefix = ""] = unloadText.exec(statement) ?? assert.fail(`not an UNLOAD: ${statement}`);
    const query = literal.replaceAll("''", "'").replaceAll("\\\\", "\\");
    const asText = await database.query<string[]>(query, [], { rowMode: "array", parsers: textParsers });
    if (asText.rows.length === 0) {
        return;
    }
    const lines = [asText.fields.map(({ name }) => name), ...asText.rows].map((fields) =>
        fields.map(csvField).join(","),
    );
    const written = await store.put(`${prefix}000`, `${lines.join("\n")}\n`, { ifAbsent: true });
    if (written === undefined) {
        throw new Error("Specified unload destination on S3 is not empty.");
    }
}

/** Redshift puts quotes around a field with a comma, a quote or a line break, and around no other. */
function csvField(value: string | null): string {
    return value === null ? "" : /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Values as the database prints them: a large integer would lose digits as a number. 20 is int8, 1114 timestamp. */
const textParsers = { 20: (value: string) => value, 1114: (value: string) => value };
