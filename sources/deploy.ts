import type { DeployHalf, SourceType } from "./metricSource";
import type { RedshiftConfig } from "./redshift/config";
import { redshift } from "./redshift/deploy";

/** Validated configuration of one source, of any type. */
export type SourceConfig = RedshiftConfig;

/** The deploy half of each source; `sources/run.ts` has the run halves, so that no function imports Pulumi. One line per source. */
export const deployHalves = {
    redshift,
} satisfies { readonly [Type in SourceType]: DeployHalf<Extract<SourceConfig, { type: Type }>> };

/** The deploy half that a source's configuration asks for. */
export function deployHalfOf<Config extends SourceConfig>(config: Config): DeployHalf<SourceConfig> {
    return deployHalves[config.type];
}
