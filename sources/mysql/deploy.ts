import type { DeployHalf } from "../metricSource";
import { signInStatements, streamingNeeds } from "../server/statements";
import { type MysqlConfig, mysqlSchema } from "./config";

/** Deploy half of the MySQL source: a function in the database's network that streams the rows itself, so that nothing is attached. */
export const mysql: DeployHalf<MysqlConfig> = {
    type: "mysql",
    schema: mysqlSchema,
    statements: signInStatements,
    attachment: () => undefined,
    needs: streamingNeeds,
};
