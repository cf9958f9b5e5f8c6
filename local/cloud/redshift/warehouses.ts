import { createHash } from "node:crypto";
import { join } from "node:path";
import { Journal } from "../journal";
import type { SecretsService } from "../secrets";
import { CloudError, type Warehouse, type World } from "../service";
import { Database } from "./database";
import { toPostgres } from "./dialect";

/** A cluster or a workgroup with its namespace, as it is kept in `<folder>/redshift/warehouses.jsonl`. */
export interface WarehouseRecord {
    readonly kind: "cluster" | "workgroup";
    /** Cluster identifier or workgroup name. */
    readonly name: string;
    readonly database: string;
    readonly user: string;
    readonly password: string;
    /** ARNs of the attached IAM roles, in the order of attachment. */
    readonly roles: readonly string[];
    /** Milliseconds since 1970. */
    readonly created: number;
}

interface NewWarehouse {
    readonly database: string;
    readonly user: string;
    /** Default: one made up from the name. */
    readonly password?: string;
    readonly secretName?: string;
}

const port = 5439;

/** The clusters and workgroups of the embedded cloud. What they are survives the process; their tables live in memory. */
export class Warehouses {
    private readonly records: Journal<WarehouseRecord>;
    private readonly databases = new Map<string, Promise<Database>>();

    constructor(
        private readonly world: World,
        private readonly secrets: SecretsService,
    ) {
        this.records = new Journal<WarehouseRecord>(join(world.folder, "redshift", "warehouses.jsonl"));
    }

    /** Makes a cluster, or takes up the one of an earlier process with its roles and password. */
    add(kind: WarehouseRecord["kind"], name: string, options: NewWarehouse): Warehouse {
        const known = this.find(kind, name);
        const { database, user, secretName } = options;
        const madeUp = (): string => createHash("sha256").update(`${kind} ${name}`).digest("base64url").slice(0, 24);
        const password = options.password ?? known?.password ?? madeUp();
        const record = {
            kind,
            name,
            database,
            user,
            password,
            roles: known?.roles ?? [],
            created: known?.created ?? this.world.clock.now(),
        };
        this.save(record);
        if (secretName !== undefined && this.secrets.read(secretName) === undefined) {
            this.secrets.put(secretName, JSON.stringify(secretOf(record)));
        }
        this.open(record).catch(() => undefined); // Whoever uses the database first learns of the failure.
        return {
            exec: async (sql) => (await this.open(record)).exec(toPostgres(sql), this.world.clock.now()),
            query: async (sql) => (await (await this.open(record)).run(toPostgres(sql), this.world.clock.now())).rows,
            copyFrom: async (table, csv) => (await this.open(record)).copyFrom(table, csv),
            roles: () => this.find(kind, name)?.roles ?? [],
        };
    }

    find(kind: WarehouseRecord["kind"], name: string): WarehouseRecord | undefined {
        return this.records.get(`${kind} ${name}`);
    }

    all(kind: WarehouseRecord["kind"]): readonly WarehouseRecord[] {
        return this.records.values().filter((record) => record.kind === kind);
    }

    setRoles(record: WarehouseRecord, roles: readonly string[]): WarehouseRecord {
        if (roles.length > 50) {
            throw new CloudError("ValidationException", "At most 50 IAM roles can be attached.");
        }
        const changed = { ...record, roles };
        this.save(changed);
        return changed;
    }

    /** The database behind it, opened on first use. */
    open(record: WarehouseRecord): Promise<Database> {
        const key = `${record.kind} ${record.name}`;
        let database = this.databases.get(key);
        if (database === undefined) {
            database = Database.open();
            this.databases.set(key, database);
        }
        return database;
    }

    arn({ kind, name }: Pick<WarehouseRecord, "kind" | "name">): string {
        const { partition, region, accountId } = this.world;
        return kind === "cluster"
            ? `arn:${partition}:redshift:${region}:${accountId}:cluster:${name}`
            : `arn:${partition}:redshift-serverless:${region}:${accountId}:workgroup/${uuidOf(`workgroup ${name}`)}`;
    }

    async close(): Promise<void> {
        for (const opened of await Promise.allSettled([...this.databases.values()])) {
            if (opened.status === "fulfilled") {
                await opened.value.close();
            }
        }
    }

    private save(record: WarehouseRecord): void {
        this.records.set(`${record.kind} ${record.name}`, record);
    }
}

/** An id in the form of a UUID that is the same in every run. */
export function uuidOf(text: string): string {
    const hex = createHash("sha256").update(text).digest("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function secretOf({ kind, name, database, user, password }: WarehouseRecord): object {
    const identity = kind === "cluster" ? { dbClusterIdentifier: name } : {};
    return { username: user, password, ...identity, db: database, host: "127.0.0.1", port, engine: "redshift" };
}
