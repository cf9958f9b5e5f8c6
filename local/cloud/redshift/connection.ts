import type { SecretsService } from "../secrets";
import { CloudError } from "../service";
import type { WarehouseRecord, Warehouses } from "./warehouses";

/** How a caller of the Data API names database and user. */
export interface ConnectionInput {
    readonly ClusterIdentifier?: string;
    readonly WorkgroupName?: string;
    readonly SecretArn?: string;
    readonly DbUser?: string;
}

export interface Connection {
    readonly warehouse: WarehouseRecord;
    /** Database user. */
    readonly user: string;
    /** Why the database would refuse the user; undefined when it would not. */
    readonly failure?: string;
}

/** Finds the database and the user. Throws ValidationException for what the service refuses before it asks the database. */
export function connect(
    input: ConnectionInput,
    { warehouses, secrets }: { warehouses: Warehouses; secrets: SecretsService },
): Connection {
    const { ClusterIdentifier, WorkgroupName, SecretArn, DbUser } = input;
    if ((ClusterIdentifier === undefined) === (WorkgroupName === undefined)) {
        throw invalid("Specify either ClusterIdentifier or WorkgroupName.");
    }
    const warehouse =
        ClusterIdentifier === undefined
            ? warehouses.find("workgroup", WorkgroupName!)
            : warehouses.find("cluster", ClusterIdentifier);
    if (warehouse === undefined) {
        throw invalid("Redshift endpoint doesn't exist in this region.");
    }
    if (SecretArn === undefined) {
        return { warehouse, user: DbUser ?? `IAMR:${warehouse.user}` };
    }
    const { username, password } = readSecret(SecretArn, secrets);
    const isRight = username === warehouse.user && password === warehouse.password;
    return {
        warehouse,
        user: username,
        failure: isRight ? undefined : `password authentication failed for user "${username}"`,
    };
}

function readSecret(id: string, secrets: SecretsService): { username: string; password: string } {
    const text = secrets.read(id);
    if (text === undefined) {
        throw invalid("Secrets Manager can't find the specified secret.");
    }
    const { username, password } = parse(text);
    if (typeof username !== "string" || typeof password !== "string" || username === "" || password === "") {
        throw invalid("username and password in secret cannot be empty");
    }
    return { username, password };
}

function parse(text: string): { username?: unknown; password?: unknown } {
    try {
        return Object(JSON.parse(text)) as { username?: unknown; password?: unknown };
    } catch {
        throw invalid("The secret is not a JSON object.");
    }
}

const invalid = (message: string): CloudError => new CloudError("ValidationException", message);
