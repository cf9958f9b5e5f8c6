import type { Problem } from "../errors";
import { durationSeconds } from "../pipeline/windows";
import { isLogicalName, logicalNameClause } from "./fields";
import { type KeyPath, nearestTo, problem, setCommand, show } from "./problems";
import type { AlertConfig, DetectionConfig, DetectorKeys } from "./schema";

/** Most windows that a tick extracts again for late rows: what one run takes. */
const latenessWindows = 40;
/** Days that extracted rows are kept beyond the history: one season, a week. */
const seasonDays = 7;
const daySeconds = 86_400;
/** What the detection service takes. */
const alertLimit = 10;
const filterLimit = 5;

/** More detectors than the bucket has rules for, two each beside two of its own, out of the 1,000 that S3 takes. */
const mostDetectors = 499;

/** A stack with more detectors than AWS lets it deploy, which would fail half way through an update. */
export function detectorCountProblems(detectors: number): Problem[] {
    if (detectors <= mostDetectors) return [];
    const finding = `has ${detectors} entries; expected at most ${mostDetectors} in a stack, for each needs two of the 1,000 rules that a bucket may have`;
    return [problem(["detectors"], finding, "put the others into a second stack")];
}

/** What is wrong with keys that are each valid, but do not go together. */
export function detectorProblems(path: KeyPath, keys: DetectorKeys, detection: DetectionConfig | undefined): Problem[] {
    return [
        ...columnProblems(path, keys),
        ...formatProblems(path, keys),
        ...latenessProblems(path, keys),
        ...historyProblems(path, keys, detection?.retentionDays),
        ...alertProblems(path, keys, detection),
    ];
}

/** Databases fold the case of names, so columns that differ in nothing else are the same. */
function columnProblems(path: KeyPath, { timestamp, dimensions, measures }: DetectorKeys): Problem[] {
    const columns: { at: KeyPath; name: string }[] = [
        { at: ["timestamp", "column"], name: timestamp.column },
        ...dimensions.map((name, index) => ({ at: ["dimensions", index], name })),
        ...measures.map(({ name }, index) => ({ at: ["measures", index, "name"], name })),
    ];
    const seen = new Set<string>();
    return columns.flatMap(({ at, name }) => {
        const isNew = !seen.has(name.toLowerCase());
        seen.add(name.toLowerCase());
        const finding = `${show(name)} is named twice; expected timestamp, dimensions and measures to be different columns`;
        return isNew ? [] : [problem([...path, ...at], finding, "name another column, or remove one of the two")];
    });
}

function formatProblems(path: KeyPath, { interval, timestamp: { format } }: DetectorKeys): Problem[] {
    if (interval === "P1D" || format === "UNIX" || /HH|hh/.test(format)) {
        return [];
    }
    const at = [...path, "timestamp", "format"];
    const finding = `${show(format)} tells no time of day, which ${interval} needs; expected such as yyyy-MM-dd HH:mm:ss`;
    return [problem(at, finding, setCommand(at, "yyyy-MM-dd HH:mm:ss"))];
}

function latenessProblems(path: KeyPath, { interval, lateness }: DetectorKeys): Problem[] {
    const windows = durationSeconds(lateness) / durationSeconds(interval);
    if (windows === 0 || (windows >= 1 && windows <= latenessWindows)) {
        return [];
    }
    const at = [...path, "lateness"];
    const finding =
        windows < 1
            ? `${show(lateness)} is shorter than the interval; expected at least ${interval}, or no lateness`
            : `${show(lateness)} would extract ${Math.floor(windows)} windows again at each tick; expected at most ${latenessWindows} intervals`;
    return [problem(at, finding, setCommand(at, windows < 1 ? interval : mostLateness[interval]))];
}

const mostLateness = { PT5M: "PT200M", PT10M: "PT400M", PT1H: "PT40H", P1D: "P40D" } as const;

function historyProblems(path: KeyPath, { history }: DetectorKeys, retentionDays: number | undefined): Problem[] {
    const at = [...path, "history"];
    if (history.from !== undefined && history.last !== undefined) {
        const finding = `has both from and last; expected one of the two`;
        return [problem(at, finding, `pulumi config rm --path '${problem([...at, "last"], "").key}'`)];
    }
    const days = history.last === undefined ? 0 : durationSeconds(history.last) / daySeconds;
    if (retentionDays === undefined || days + seasonDays <= retentionDays) {
        return [];
    }
    const needed = Math.ceil(days) + seasonDays;
    const finding = `${show(history.last)} is longer than rows are kept; expected at most ${retentionDays - seasonDays} days, a week less than lookout:detection.retentionDays`;
    return [problem([...at, "last"], finding, setCommand(["detection", "retentionDays"], needed))];
}

function alertProblems(path: KeyPath, keys: DetectorKeys, detection: DetectionConfig | undefined): Problem[] {
    const alerts = Object.entries(keys.alerts);
    const tooMany = `has ${alerts.length} entries; expected at most ${alertLimit} alerts`;
    return [
        ...(alerts.length > alertLimit ? [problem([...path, "alerts"], tooMany, "join or remove some")] : []),
        ...alerts.flatMap(([name, alert]) => {
            const at = [...path, "alerts", name];
            return [
                ...nameProblems(at, name),
                ...targetProblems(at, alert),
                ...roleProblems(at, alert, detection),
                ...filterProblems(at, alert, keys),
            ];
        }),
    ];
}

function nameProblems(at: KeyPath, name: string): Problem[] {
    return isLogicalName(name) ? [] : [problem(at, `${show(name)} ${logicalNameClause}`, "rename it")];
}

function targetProblems(at: KeyPath, { sns, lambda, format }: AlertConfig): Problem[] {
    if (sns === undefined && lambda === undefined) {
        const example = "arn:aws:sns:us-east-1:123456789012:oncall";
        return [problem(at, "has no target; expected sns or lambda, with an ARN", setCommand([...at, "sns"], example))];
    }
    if (sns !== undefined && lambda !== undefined) {
        return [problem(at, "has both sns and lambda; expected one of the two", "make an alert for each of them")];
    }
    if (lambda !== undefined && format !== undefined) {
        const finding = `${show(format)} is given beside lambda, which is always sent JSON; expected format with sns only`;
        return [problem([...at, "format"], finding, "remove format")];
    }
    return [];
}

/** Another service than the stack's own has a list of its own. */
function roleProblems(at: KeyPath, { role }: AlertConfig, detection: DetectionConfig | undefined): Problem[] {
    if (role === undefined || detection === undefined || detection.endpoint !== "") return [];
    const { allowedRoles } = detection;
    if (allowedRoles.includes(role)) return [];
    const finding = `${show(role)} may not be assumed by the detection service; expected one of lookout:detection.allowedRoles`;
    return [problem([...at, "role"], finding, setCommand(["detection", "allowedRoles", allowedRoles.length], role))];
}

function filterProblems(at: KeyPath, alert: AlertConfig, { dimensions, measures }: DetectorKeys): Problem[] {
    const names = measures.map(({ name }) => name);
    const unknownMeasures = alert.measures.flatMap((measure, index) =>
        names.includes(measure) ? [] : [foreign([...at, "measures", index], measure, "measure", names)],
    );
    const unknownDimensions = Object.keys(alert.dimensions).flatMap((dimension) =>
        dimensions.includes(dimension)
            ? []
            : [foreign([...at, "dimensions", dimension], dimension, "dimension", dimensions)],
    );
    const count = Object.keys(alert.dimensions).length;
    const tooMany = `has ${count} entries; expected at most ${filterLimit} dimensions`;
    return [
        ...unknownMeasures,
        ...unknownDimensions,
        ...(count > filterLimit ? [problem([...at, "dimensions"], tooMany, "remove some")] : []),
    ];
}

/** A finding about a name that is none of the detector's. */
export function foreign(at: KeyPath, name: string, kind: "measure" | "dimension", known: readonly string[]): Problem {
    const finding = `${show(name)} is not a ${kind} of this detector`;
    if (known.length === 0) {
        return problem(at, `${finding}; it has none`, "remove it");
    }
    const fix = `write ${nearestTo(name, known)}, or add ${name} to the detector's ${kind}s`;
    return problem(at, `${finding}; expected one of ${known.join(", ")}`, fix);
}
