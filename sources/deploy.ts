import type { z } from "zod";
import type { DeployHalf, SourceKeys, UnbuiltHalf } from "./metricSource";
import { athena } from "./athena/deploy";
import { bigquery } from "./bigquery/deploy";
import { clickhouse } from "./clickhouse/deploy";
import { duckdb } from "./duckdb/deploy";
import { mysql } from "./mysql/deploy";
import { postgres } from "./postgres/deploy";
import { redshift } from "./redshift/deploy";
import { s3 } from "./s3/deploy";
import { snowflake } from "./snowflake/deploy";
import { sqlserver } from "./sqlserver/deploy";
import { timestream } from "./timestream/deploy";

/** The deploy half of each source; `sources/run.ts` has the run halves, so that no function imports Pulumi. One line per source. */
export const deployHalves = {
    athena,
    duckdb,
    mysql,
    postgres,
    redshift,
    s3,
    snowflake,
} satisfies Readonly<Record<string, DeployHalf<SourceKeys>>>;

/** Databases that are known and not built yet. One line each. */
export const unbuiltHalves = {
    bigquery,
    clickhouse,
    sqlserver,
    timestream,
} satisfies Readonly<Record<string, UnbuiltHalf>>;

/** The databases that rows can be extracted from. */
export type SourceType = keyof typeof deployHalves;
/** Validated configuration of a source of one type. */
export type ConfigOf<Type extends SourceType> = z.output<(typeof deployHalves)[Type]["schema"]>;
/** Validated configuration of one source, of any type. */
export type SourceConfig = ConfigOf<SourceType>;

/** The deploy half that a source's configuration asks for. */
export function deployHalfOf(config: Pick<SourceConfig, "type">): DeployHalf<SourceKeys> {
    return deployHalves[config.type];
}
