import type { OptionsRecord } from "../../store/optionsRecord";

/** What of the options is learned from, by measure: a run that was learned with other ratios is of no use. */
export function ratiosOf(options: OptionsRecord | undefined): Record<string, object> {
    const measures = Object.entries(options?.measures ?? {});
    return Object.fromEntries(measures.flatMap(([name, { ratio }]) => (ratio === undefined ? [] : [[name, ratio]])));
}
