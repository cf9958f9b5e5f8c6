import { secretStatements } from "../access";
import type { DeployHalf } from "../metricSource";
import { type SnowflakeConfig, snowflakeSchema } from "./config";
import { selectWindow } from "./sql";

/**
 * Deploy half of the Snowflake source. Snowflake writes by a storage integration, whose role Snowflake's administrator names and
 * the account's owner makes (README): it is no role that a service principal assumes, so nothing is attached here.
 */
export const snowflake: DeployHalf<SnowflakeConfig> = {
    type: "snowflake",
    schema: snowflakeSchema,
    statements: secretStatements,
    windowSql: selectWindow,
    attachment: () => undefined,
    // A thorough check asks thirteen questions, in four calls of a minute at most; a suspended warehouse wakes for the first.
    needs: () => ({ timeoutSeconds: 300 }),
};
