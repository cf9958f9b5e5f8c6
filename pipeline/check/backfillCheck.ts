import { ConfigError, SourceBusyError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { readGeneration } from "../ledger";
import type { Run } from "../run";
import { checkDetector, type Looker } from "./check";
import { formatFinding } from "./findings";
import { type CheckLimits, defaultCheckLimits } from "./windowFindings";

/** What a check before a backfill found that does not stop it. */
export interface BackfillCheck {
    readonly verdict: "ok" | "warning" | "uncounted";
    /** Findings, a line each. */
    readonly warnings: readonly string[];
}

/**
 * Checks a detector before its history is extracted, by the last window of that history: one mistake in the configuration is told once,
 * by its key, in place of once for each window. Throws ConfigError with everything that would make the windows fail, SourceBusyError
 * where trying again may help. A window that could only not be counted in time, by the source's own limit or until `signal` aborts, stops
 * nothing: extracting it has more time.
 */
export async function checkBackfill(
    looker: Looker,
    store: ObjectStore,
    { detector, generation }: Run,
    { limits = defaultCheckLimits, signal }: { readonly limits?: CheckLimits; readonly signal?: AbortSignal } = {},
): Promise<BackfillCheck> {
    const { spec, history } = await readGeneration(store, detector, generation);
    // A run has been planned, so its history is fixed; its end is the time that the backfill was begun at, offset taken off.
    const now = history?.end ?? 0;
    const report = await checkDetector(looker, {
        detector,
        spec,
        now,
        offsetSeconds: 0,
        limits,
        thorough: false,
        ...(signal !== undefined && { signal }),
    });
    const { verdict, findings, columns } = report;
    if (verdict === "failed") {
        const problems = findings.filter(({ severity }) => severity === "error");
        throw new ConfigError(problems, { detector, source: spec.source });
    }
    const lines = findings.map(formatFinding);
    if (verdict === "ok" || verdict === "warning") return { verdict, warnings: lines };
    if (columns.length > 0) return { verdict: "uncounted", warnings: lines };
    throw new SourceBusyError(lines.join(" "), { detector, source: spec.source });
}
