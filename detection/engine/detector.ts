import { noteAmounts, settleBands } from "./band";
import { learn, type History, type Scores } from "./engine";
import { applyFeedback, withoutConfirmed, type FeedbackMark } from "./feedback";
import { extendGroups, type AnomalyGroup } from "./incidents";
import type { EngineOptions } from "./options";
import { applyPolicy, handlingOf, withoutEvents } from "./policy";
import { scoreKnown, weighHistory } from "./ratio";
import { applyScopes, sumUpScopes } from "./scopeEvidence";
import type { EngineState } from "./state";

/** All that judges a detector's intervals. */
export interface Detector {
    readonly engine: EngineState;
    /** Dimension values of each combination, in the engine's order. */
    readonly combinations: string[][];
    readonly options: EngineOptions;
    /** Groups that later intervals may still change. */
    open: readonly AnomalyGroup[];
    /** What users said, in no particular order. */
    readonly feedback: readonly FeedbackMark[];
}

/** What an interval brought. */
export interface Judged {
    readonly scores: Scores;
    /** Groups that can change no more. */
    readonly closed: readonly AnomalyGroup[];
    readonly open: readonly AnomalyGroup[];
}

/** Learns from history; the detector's engine must not have learned before. Throws RangeError when the values do not fit its series. */
export function learnHistory(detector: Detector, history: History): void {
    const { engine } = detector;
    const judged = { ...history, values: withoutConfirmed(detector.feedback, history) };
    const weighed = { ...history, values: weighHistory(engine, detector, judged) };
    const values = withoutEvents(detector, engine.shape.measures, weighed);
    learn(engine, { ...history, values });
    noteAmounts(engine, { ...history, values });
    sumUpScopes(engine, detector.combinations, { ...history, values });
}

/** Judges one interval (values by series, NaN for a gap), learns from it, and extends the groups. Intervals come in order, none left out. */
export function judge(detector: Detector, position: number, values: Float64Array): Judged {
    const { engine } = detector;
    const scores = scoreKnown(engine, detector, position, values);
    const handling = handlingOf(detector, position, engine.shape.measures);
    applyScopes(engine, detector.combinations, scores, handling);
    settleBands(engine, scores, handling.taught);
    applyPolicy(detector, position, engine.shape.measures, scores);
    applyFeedback(detector.feedback, scores);
    const { open, closed } = extendGroups(detector, position, scores);
    detector.open = open;
    return { scores, open, closed };
}
