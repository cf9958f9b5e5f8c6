import type { ExtractionSpec } from "../../pipeline/records";
import { formatWindow, type Window } from "../../pipeline/windows";
import type { Column, Inspection } from "../metricSource";
import { type About, columnsOf } from "./about";
import { type Ask, inspectionOf } from "./inspection";

/** How a database that exports is asked for a few rows. */
export interface Questions {
    /** Logical name of the source. */
    readonly source: string;
    /** Opens what runs the statements of one look, within one stretch of time. */
    readonly asker: (about: About) => Ask | Promise<Ask>;
    readonly selectColumns: (spec: ExtractionSpec) => string;
    readonly selectWindow: (spec: ExtractionSpec, window: Window) => string;
    /** Quotes a name of the extracted columns. */
    readonly identifier: (name: string) => string;
}

/** Names and types of the query's columns, by one statement that reads no rows. */
export async function describeBy(questions: Questions, spec: ExtractionSpec): Promise<readonly Column[]> {
    const { source, asker, selectColumns } = questions;
    const ask = await asker({ source, doing: "describing the query", columns: columnsOf(spec) });
    return (await ask(selectColumns(spec))).columns;
}

/** One window's counts, combinations and sample, by four statements. */
export async function inspectBy(questions: Questions, spec: ExtractionSpec, window: Window): Promise<Inspection> {
    const { source, asker, selectColumns, selectWindow, identifier } = questions;
    const doing = "looking at the window";
    const ask = await asker({ source, window: formatWindow(window), doing, columns: columnsOf(spec) });
    const described = (await ask(selectColumns(spec))).columns;
    return inspectionOf(ask, { spec, sql: selectWindow(spec, window), described, identifier });
}
