import { ConfigError } from "../../errors";
import type { ExtractionSpec } from "../../pipeline/records";

/** What a failed call or statement was about; every field is safe to print. */
export interface About {
    /** Logical name of the source. */
    readonly source: string;
    readonly detector?: string;
    /** The window, written `2026-01-01T00:00:00Z/2026-01-01T01:00:00Z`. */
    readonly window?: string;
    /** The database's id of the statement. */
    readonly statementId?: string;
    /** What was being done, such as `starting the query`. */
    readonly doing?: string;
    /** The configured columns, to name the key of one that is missing. */
    readonly columns?: Columns;
}

/** Names of the columns that a detector reads from its query. */
export interface Columns {
    readonly timestamp: string;
    readonly dimensions: readonly string[];
    readonly measures: readonly string[];
}

export function columnsOf({ timestamp, dimensions, measures }: ExtractionSpec): Columns {
    return { timestamp: timestamp.column, dimensions, measures: measures.map(({ name }) => name) };
}

/** `Source warehouse, detector orders, window …`: how a message begins. */
export function whereOf({ source, detector, window }: About): string {
    return [`Source ${source}`, detector && `detector ${detector}`, window && `window ${window}`]
        .filter((part) => part !== undefined)
        .join(", ");
}

/** What an error carries of it. */
export function contextOf({ source, detector, window }: About): { source: string; detector?: string; window?: string } {
    return { source, ...(detector !== undefined && { detector }), ...(window !== undefined && { window }) };
}

/** The statement's id as a QueryError takes it. */
export function statementOf({ statementId }: About): { statementId?: string } {
    return statementId === undefined ? {} : { statementId };
}

/** What to do about a column that the query does not give; undefined for one that nobody configured. */
export function columnHint(name: string, { detector, columns }: About): string | undefined {
    const key = columns && keyOfColumn(name, columns);
    const detectorKey = `lookout:detectors.${detector ?? "<detector>"}`;
    return key && `Correct ${detectorKey}.${key}, or add the column "${name}" to ${detectorKey}.query.`;
}

/** The text, ending in one full stop. */
export const endSentence = (text: string): string => text.trim().replace(/[.\s]*$/, ".");

/** Completes the keys of problems that were found in a spec, which knows nothing of the detector that it belongs to. */
export function withKeysOf<Result>(detector: string, build: () => Result): Result {
    try {
        return build();
    } catch (error) {
        if (!(error instanceof ConfigError)) {
            throw error;
        }
        const full = (key: string): string =>
            key.startsWith("lookout:") ? key : `lookout:detectors.${detector}.${key}`;
        throw new ConfigError(
            error.problems.map((problem) => ({ ...problem, key: full(problem.key) })),
            { detector },
        );
    }
}

function keyOfColumn(name: string, { timestamp, dimensions, measures }: Columns): string | undefined {
    const same = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
    if (same(timestamp)) {
        return "timestamp.column";
    }
    const dimension = dimensions.findIndex(same);
    const measure = measures.findIndex(same);
    return dimension >= 0 ? `dimensions[${dimension}]` : measure >= 0 ? `measures[${measure}].name` : undefined;
}
