import type { DeployHalf } from "../metricSource";
import { signInStatements, streamingNeeds } from "../server/statements";
import { type PostgresConfig, postgresSchema } from "./config";
import { selectWindow } from "./sql";

/** Deploy half of the PostgreSQL source: a function that reaches the server and streams its rows; the database itself needs nothing. */
export const postgres: DeployHalf<PostgresConfig> = {
    type: "postgres",
    schema: postgresSchema,
    statements: signInStatements,
    attachment: () => undefined,
    needs: streamingNeeds,
    // Which type the timestamp has only the database can say; the most usual one without a zone stands for all.
    windowSql: (spec, window) => selectWindow(spec, window, "timestamp"),
};
