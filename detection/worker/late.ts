import { addQuality, noQuality, type QualityRecord } from "../store/quality";
import type { ProgressRecord } from "../store/records";
import type { LateWindow } from "./windowReader";

/** What came too late is counted, and from then on known. */
export function afterLate(
    record: ProgressRecord,
    late: readonly LateWindow[],
): Pick<ProgressRecord, "quality" | "read"> {
    if (late.length === 0) return { quality: record.quality, read: record.read };
    const byStart = new Map(late.map((window) => [window.start, window]));
    const read = record.read?.map((window) => {
        const now = byStart.get(window.start);
        if (now === undefined) return window;
        const { start, tag, rows, attempt } = now;
        return { start, tag, rows: Math.max(rows, window.rows), ...(attempt === undefined ? {} : { attempt }) };
    });
    const rowsBefore = new Map(record.read?.map(({ start, rows }) => [start, rows]));
    const examples = late.flatMap(({ finding }) => (finding === undefined ? [] : [`late: ${finding}`]));
    const came: QualityRecord = { ...noQuality(), examples };
    for (const { start, rows } of late) came.lateRows += Math.max(0, rows - (rowsBefore.get(start) ?? 0));
    return { read, quality: addQuality(record.quality, came) };
}
