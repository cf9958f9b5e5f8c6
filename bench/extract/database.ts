import type { Window } from "../../pipeline/windows";

/** The stretch that the sample tables cover: thirty days, however many rows there are. */
export const wholeWindow: Window = {
    start: Date.parse("2026-01-01T00:00:00Z"),
    end: Date.parse("2026-01-31T00:00:00Z"),
};

/** A tenth of it, with a tenth of the rows. */
export const tenthWindow: Window = { ...wholeWindow, end: Date.parse("2026-01-04T00:00:00Z") };

export const platforms = ["pc_web", "mobile_web", "mobile_app"] as const;
export const marketplaces = ["us", "uk", "de", "fr", "es", "it", "jp"] as const;

/** The sample's query, as the examples have it: three tables joined. */
export const sampleQuery =
    "select e.ts as timestamp, e.views, e.revenue, p.name as platform, m.name as marketplace from ecommerce e " +
    "join platform p on p.id = e.platform join marketplace m on m.id = e.marketplace";

/** The same for one window as a person would write it for the database's own client. */
export function windowedQuery({ start, end }: Window): string {
    const literal = (instant: number): string => `'${new Date(instant).toISOString().slice(0, 19).replace("T", " ")}'`;
    return `${sampleQuery} where e.ts >= ${literal(start)} and e.ts < ${literal(end)}`;
}

/** A database whose extraction is measured. One file each. */
export interface Database {
    /** Its type of source. */
    readonly name: string;
    /** What its own client does, for the report. */
    readonly baseline: string;
    /** Why it cannot be measured here, and what to do about that; undefined when it can. */
    findMissing(): string | undefined;
    /** Starts it with the sample tables, whose windows hold so many rows; `folder` is its own. */
    open(folder: string, rows: number): Promise<OpenDatabase>;
}

export interface OpenDatabase {
    /** Keys of the source. */
    readonly config: Readonly<Record<string, unknown>>;
    /** Secrets that it signs in with, by name. */
    readonly secrets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    /** Packages that the function would get from a layer; they are taken from the project. */
    readonly layerPackages?: readonly string[];
    /** @default sampleQuery */
    readonly query?: string;
    /** Has the database's own client write the window's rows into a file. */
    exportTo(file: string, window: Window): Promise<void>;
    close(): Promise<void>;
}
