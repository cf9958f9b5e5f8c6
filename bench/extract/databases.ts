import type { Database } from "./database";
import { duckdbDatabase } from "./duckdb";
import { mysqlDatabase } from "./mysql";
import { postgresDatabase } from "./postgres";

/** The databases that are measured, in this order. One line each. */
export const databases: readonly Database[] = [postgresDatabase, mysqlDatabase, duckdbDatabase];
