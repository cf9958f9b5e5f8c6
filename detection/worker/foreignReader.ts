import type { ObjectInfo } from "../../objects/objectStore";
import { objectsAt, placeOfInterval, tagOfObjects, templatedHistory } from "./places";
import { readRows } from "./rows";
import { createRowTable, type RowTable } from "./rowTable";
import { ownTimestampFormat, type Place, type RowSource } from "./sources";
import {
    planOf,
    readOrNote,
    shapeOf,
    type LateWindow,
    type ReadWindow,
    type WindowReader,
    type WindowReaderOptions,
} from "./windowReader";

/** Windows back that are looked at for rows that came late: one listing each. */
const windowsLookedAt = 3;
/** Windows of which is kept what they were read from. */
const windowsKept = 24;

const uriOf = ({ bucketName, key }: Place): string => `s3://${bucketName}/${key}`;

/** Anybody's objects: history listed below its paths, live intervals by the templated path once end and offset have passed. */
export function foreignReader(options: WindowReaderOptions, source: RowSource & { kind: "foreign" }): WindowReader {
    const { calendar, metricSet, now } = options;
    const { timeZone } = metricSet;
    const plan = planOf(options, { format: metricSet.timestamp?.format ?? ownTimestampFormat, timeZone });
    const due = calendar.positionOf(now - metricSet.offsetSeconds * 1000) - 1;
    /** Reads an object; gives why that failed, where it did. */
    const readObject = (at: Place, table: RowTable, first: number, last: number): Promise<string | undefined> => {
        const object = `s3://${at.bucketName}/${at.key}`;
        return readOrNote(table, async () => {
            const bytes = await at.bucket.stream(at.key);
            await readRows({ object, bytes, format: source.format }, { ...plan, positions: { first, last } }, table);
        });
    };
    const objectsOf = async (position: number): Promise<(ObjectInfo & { readonly place: Place })[]> => {
        const found: (ObjectInfo & { readonly place: Place })[] = [];
        for (const template of source.templates) {
            const place = placeOfInterval(template, calendar.startOf(position), timeZone);
            for await (const info of objectsAt(place)) found.push({ ...info, place: { ...place, key: info.key } });
        }
        return found;
    };
    const readWindow = async (position: number): Promise<ReadWindow> => {
        const table = createRowTable(shapeOf(metricSet), 1);
        const objects = await objectsOf(position);
        let failure: string | undefined;
        for (const { place } of objects) failure ??= await readObject(place, table, position, position);
        return { first: position, last: position, table, failure, tag: tagOfObjects(objects) };
    };
    return {
        remembers: windowsKept,
        past: async ({ watch, prepare } = {}) => {
            const table = createRowTable(shapeOf(metricSet));
            prepare?.(table);
            let count = 0;
            const empty: string[] = [];
            for (const place of source.historical) {
                const before = count;
                for await (const { key } of objectsAt(place)) {
                    await readObject({ ...place, key }, table, -Infinity, due);
                    watch?.(++count);
                }
                if (count === before) empty.push(uriOf(place));
            }
            // Without a history of its own, what lies in the folders of past intervals is one.
            for (const template of source.historical.length > 0 ? [] : source.templates)
                for (const { key, first, last } of await templatedHistory(template, {
                    calendar,
                    timeZone,
                    last: due,
                })) {
                    await readObject({ ...template, key }, table, first, last);
                    watch?.(++count);
                }
            return { table, end: table.range === undefined ? due + 1 : table.range.last + 1, empty };
        },
        placesOf: (position) =>
            source.templates
                .map((template) => uriOf(placeOfInterval(template, calendar.startOf(position), timeZone)))
                .join(", ") || undefined,
        async *ready(from) {
            if (source.templates.length === 0) return;
            for (let position = from; position <= due; position++) yield await readWindow(position);
        },
        late: async (read) => {
            const late: LateWindow[] = [];
            for (const { start, tag, rows: before } of read.slice(-windowsLookedAt)) {
                const position = calendar.positionOf(start);
                const objects = await objectsOf(position);
                if (tagOfObjects(objects) === tag) continue;
                const again = await readWindow(position);
                const rows = again.table!.quality.rows;
                const at = objects.at(-1)?.place;
                const finding = `s3://${at?.bucketName}/${at?.key}: ${rows} rows in its folder, of which ${before} had come when the interval was scored`;
                late.push({ start, tag: again.tag, rows, finding, read: async () => again });
            }
            return late;
        },
    };
}
