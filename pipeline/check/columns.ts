import type { Column } from "../../sources/metricSource";
import { type Checked, detectorKey, type Finding } from "./findings";

/** Columns that a message lists. */
const mostListed = 30;

/** A column that the configuration names: the part of its key, and the name. */
interface Named {
    readonly part: string;
    readonly name: string;
}

/** What is wrong with the columns that a query gives, compared with those that its detector names. */
export function columnFindings(checked: Checked, columns: readonly Column[]): Finding[] {
    return namedColumns(checked).flatMap((named) => {
        const found = columns.filter(({ name }) => isSame(name, named.name));
        const [column] = found;
        if (column === undefined) return [missing(checked, named, columns)];
        if (found.length > 1) return [ambiguous(checked, named, found.length)];
        return kindFindings(checked, named, column);
    });
}

/** Whether the columns that a detector names are there, each once: without them nothing can be counted. */
export const areColumnsThere = (checked: Checked, columns: readonly Column[]): boolean =>
    namedColumns(checked).every((named) => columns.filter(({ name }) => isSame(name, named.name)).length === 1);

/** The column that holds the timestamp, whatever the case of its name. */
export const timestampColumn = ({ spec }: Checked, columns: readonly Column[]): Column | undefined =>
    columns.find(({ name }) => isSame(name, spec.timestamp.column));

/** Most databases fold the case of names. */
const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function namedColumns({ spec }: Checked): Named[] {
    return [
        { part: "timestamp.column", name: spec.timestamp.column },
        ...spec.dimensions.map((name, index) => ({ part: `dimensions[${index}]`, name })),
        ...spec.measures.map(({ name }, index) => ({ part: `measures[${index}].name`, name })),
    ];
}

function missing({ detector }: Checked, { part, name }: Named, columns: readonly Column[]): Finding {
    const names = columns.slice(0, mostListed).map((column) => column.name);
    const more = columns.length > mostListed ? ` and ${columns.length - mostListed} more` : "";
    return {
        severity: "error",
        key: detectorKey(detector, part),
        finding: `the query has no column "${name}"; it has ${names.join(", ")}${more}`,
        fix: `correct the name, or add the column to ${detectorKey(detector, "query")}`,
    };
}

const ambiguous = ({ detector }: Checked, { part, name }: Named, count: number): Finding => ({
    severity: "error",
    key: detectorKey(detector, part),
    finding: `the query has ${count} columns "${name}"; expected one`,
    fix: `name them apart in ${detectorKey(detector, "query")}, each with "as"`,
});

function kindFindings(checked: Checked, { part }: Named, column: Column): Finding[] {
    const key = detectorKey(checked.detector, part);
    const query = detectorKey(checked.detector, "query");
    if (part === "timestamp.column") return timestampFindings(checked, column);
    return part.startsWith("dimensions") ? dimensionFindings(key, query, column) : measureFindings(key, query, column);
}

const shown = ({ name, type }: Column): string => `"${name}" is ${type === "" ? "of an unknown type" : type}`;

function measureFindings(key: string, query: string, column: Column): Finding[] {
    const { kind } = column;
    if (kind === "number") return [];
    const what = kind === "text" ? ", which is text" : kind === "boolean" ? ", which is true or false" : "";
    const fix =
        kind === "text"
            ? `cast the column to a number in ${query}, or list it in dimensions`
            : kind === "boolean"
              ? `count it in ${query}, as in "case when … then 1 else 0 end"`
              : `give a number in ${query}, or name another column`;
    return [{ severity: "error", key, finding: `${shown(column)}${what}; expected a number`, fix }];
}

function dimensionFindings(key: string, query: string, column: Column): Finding[] {
    const { kind, type } = column;
    if (kind === "instant" || kind === "timestamp" || kind === "date") {
        const finding = `${shown(column)}, so that each time would be a metric of its own; expected a category`;
        return [{ severity: "error", key, finding, fix: `leave it out, or give a category in ${query}` }];
    }
    if (kind === "number" && isFractional(type)) {
        const finding = `${shown(column)}, whose values hardly repeat and are not exact; expected text or whole numbers`;
        return [{ severity: "error", key, finding, fix: `list it in measures, or make classes of it in ${query}` }];
    }
    if (kind === "other" && /json|array|struct|map|super|variant|object|bytea|blob|binary|\[\]/i.test(type)) {
        const finding = `${shown(column)}; expected text, a whole number or a truth value`;
        return [{ severity: "warning", key, finding, fix: `give a part of it as text in ${query}` }];
    }
    return [];
}

/** Binary floating point, and decimals with digits behind the point. */
const isFractional = (type: string): boolean => /float|double|real/i.test(type) || /\(\s*\d+\s*,\s*[1-9]/.test(type);

function timestampFindings({ detector, spec }: Checked, column: Column): Finding[] {
    const { format } = spec.timestamp;
    const columnKey = detectorKey(detector, "timestamp.column");
    const formatKey = detectorKey(detector, "timestamp.format");
    const found = (key: string, finding: string, fix: string): Finding[] => [
        // Some sources go by the column's type and pass a format over: whether it does harm shows when a window is counted.
        { severity: key === formatKey ? "warning" : "error", key, finding: `${shown(column)}${finding}`, fix },
    ];
    switch (column.kind) {
        case "date":
            if (spec.interval !== "P1D") {
                const finding = `, which tells no time of day; expected a timestamp for the interval ${spec.interval}`;
                return found(columnKey, finding, `name a column with a time, or set interval to P1D`);
            }
            return formatOfTime();
        case "instant":
        case "timestamp":
            return formatOfTime();
        case "number":
            if (format === "UNIX") return [];
            return found(
                formatKey,
                `, and the format is ${JSON.stringify(format)}; expected UNIX, for seconds or milliseconds since 1970`,
                `pulumi config set --path '${formatKey}' UNIX, or give a timestamp in the query`,
            );
        case "text":
            return [];
        default:
            return found(columnKey, "; expected a timestamp", "name the column that says when a row happened");
    }

    /** A column that is a time already needs no format; the default one, and its like, do no harm. */
    function formatOfTime(): Finding[] {
        if (/^yyyy-MM-(dd|DD)/.test(format)) return [];
        const finding = `, a time already, and the format is ${JSON.stringify(format)}; expected no format`;
        return found(formatKey, finding, `pulumi config rm --path '${formatKey}'`);
    }
}
