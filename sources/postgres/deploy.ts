import type { DeployHalf } from "../metricSource";
import { signInStatements, streamingNeeds } from "../server/statements";
import { type PostgresConfig, postgresSchema } from "./config";

/** Deploy half of the PostgreSQL source: a function that reaches the server and streams its rows; the database itself needs nothing. */
export const postgres: DeployHalf<PostgresConfig> = {
    type: "postgres",
    schema: postgresSchema,
    statements: signInStatements,
    attachment: () => undefined,
    needs: streamingNeeds,
};
