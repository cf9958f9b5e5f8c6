import { z } from "zod";
import { anomalousScore, severityOf } from "../../engine/shape";
import { evidenceNames, verdictNames, type VerdictName } from "../../engine/verdicts";
import { learned } from "../../store/stretch";
import type { ScoredPosition } from "../../worker/readScores";
import { measured, measuredOf, roundedSeverity, severity, time, timeOf } from "./ownMembers";

/** What became of a value: the engine's verdict, or that it was learned from and never judged. */
export const verdict = z
    .enum(["learned from", ...verdictNames])
    .describe(
        "`learned from`: part of the history, never judged. `gap`: there is no value. `learning`: too few points to judge by. " +
            "`expected`: nothing out of the ordinary. `anomalous`: reported. The others: out of the ordinary, and not reported, because " +
            "the effect is too small, on the side of no interest, in the time of a known event, or like what was marked as no anomaly.",
    );
export type Verdict = z.output<typeof verdict>;
export const evidence = z
    .enum(evidenceNames)
    .describe(
        "What spoke loudest: a jump, a slow drift, a change of variance, a flat line, a record, a count, or a whole scope.",
    );

/** One interval of a metric: what was seen, what was expected, and what was made of it. */
export const point = z.object({
    timestamp: time.describe("Start of the interval, ISO 8601, UTC."),
    value: measured.describe("Null where the metric has no value in the interval."),
    expected: measured.describe("Null where nothing was expected, as in the history that was learned from."),
    lower: measured,
    upper: measured,
    severity,
    verdict,
    evidence,
});
export type Point = z.output<typeof point>;

/** Severity from which an earlier version, that kept no verdicts, called a value anomalous. */
const anomalousSeverity = severityOf(anomalousScore);

export function pointOf(start: number, { outcome, points: [scores] }: ScoredPosition): Point {
    const { value, expected, lower, upper, severity } = scores!;
    return {
        timestamp: timeOf(start),
        value: measuredOf(value),
        expected: measuredOf(expected),
        lower: measuredOf(lower),
        upper: measuredOf(upper),
        severity: roundedSeverity(severity),
        verdict: verdictOf(outcome, scores!),
        evidence: evidenceNames[scores!.evidence] ?? "none",
    };
}

function verdictOf(outcome: string, scores: ScoredPosition["points"][number]): Verdict {
    if (Number.isNaN(scores.value)) return "gap";
    if (outcome === learned) return "learned from";
    // An earlier version kept no verdicts: 0, a gap, stands beside each value.
    const kept: VerdictName = verdictNames[scores.verdict] ?? "gap";
    if (kept !== "gap") return kept;
    if (Number.isNaN(scores.expected)) return "learning";
    return scores.severity >= anomalousSeverity ? "anomalous" : "expected";
}
