import { ConfigError, type Problem } from "../errors";
import { durationSeconds } from "../pipeline/windows";
import { deployHalfOf, deployHalves, type SourceConfig, type SourceType, unbuiltHalves } from "../sources/deploy";
import type { UnbuiltHalf } from "../sources/metricSource";
import { accessProblems } from "./access";
import { detectorCountProblems, detectorProblems } from "./detectorProblems";
import { isLogicalName, logicalNameClause } from "./fields";
import { optionProblems, optionsOf } from "./options";
import { type KeyPath, nearestTo, problem, setCommand, show, unknownKey, validate, writeIntoFile } from "./problems";
import { readSql, type ReadQuery } from "./querySource";
import {
    type Config,
    type DetectionConfig,
    type DetectorConfig,
    type DetectorKeys,
    detectionSchema,
    detectorSchema,
    keepDataSchema,
    operationsSchema,
} from "./schema";
import { storageSchema, tagsSchema } from "./storage";

/** The configuration as Pulumi hands it over, one property for each key of the namespace `lookout`. */
export type RawConfig = Readonly<Record<string, unknown>>;

const knownKeys = ["sources", "detectors", "detection", "storage", "operations", "tags", "keepData"];

/**
 * Validates the stack's configuration. `readQuery` gives the content of a file by its path from the project's folder. Throws one
 * ConfigError with every problem found.
 */
export function parseConfig(raw: RawConfig, readQuery: ReadQuery): Config {
    const problems: Problem[] = [];
    const keys = withoutNulls(raw) as RawConfig;
    const collect = <Value>(result: { value?: Value; problems: readonly Problem[] }): Value | undefined => {
        problems.push(...result.problems);
        return result.value;
    };
    for (const key of Object.keys(keys).filter((name) => !knownKeys.includes(name))) {
        problems.push(unknownKey([key], knownKeys));
    }
    const sources = parseEach<SourceConfig>(
        keys,
        "sources",
        (path, value) => collect(parseSource(path, value)),
        problems,
    );
    const detection = collect(validate(detectionSchema, keys.detection ?? {}, ["detection"]));
    const parse = (path: KeyPath, value: unknown) =>
        collect(parseDetector(path, value, { sources: keys.sources, detection, readQuery }));
    const detectors = parseEach<DetectorConfig>(keys, "detectors", parse, problems);
    problems.push(...detectorCountProblems(Object.keys(detectors).length));
    const storage = collect(validate(storageSchema, keys.storage ?? {}, ["storage"]));
    const operations = collect(validate(operationsSchema, keys.operations ?? {}, ["operations"]));
    const tags = collect(validate(tagsSchema, keys.tags ?? {}, ["tags"]));
    const keepData = collect(validate(keepDataSchema, keys.keepData, ["keepData"]));
    if (detection !== undefined) problems.push(...accessProblems(detection, Object.values(detectors)));
    const parsed = { sources, detectors, detection, storage, operations, tags, keepData };
    if (problems.length === 0 && isComplete(parsed)) return parsed;
    throw new ConfigError(problems);
}

/** Whether there is a value for each key; what has none has a problem instead. */
function isComplete(parsed: { readonly [Key in keyof Config]: Config[Key] | undefined }): parsed is Config {
    return Object.values(parsed).every((value) => value !== undefined);
}

/** Parses a map of named things, leaving out those with problems. */
function parseEach<Value>(
    raw: RawConfig,
    key: string,
    parse: (path: KeyPath, value: unknown) => Value | undefined,
    problems: Problem[],
): Record<string, Value> {
    const entries = raw[key] ?? {};
    if (!isMap(entries)) {
        const finding = `${show(entries)} is not a map; expected one entry for each of the ${key}, by name`;
        problems.push(problem([key], finding, writeIntoFile));
        return {};
    }
    const parsed: Record<string, Value> = {};
    for (const [name, value] of Object.entries(entries)) {
        if (!isLogicalName(name)) {
            const fix = `rename it in the stack's configuration file`;
            problems.push(problem([key, name], `${show(name)} ${logicalNameClause}`, fix));
        }
        const result = parse([key, name], value);
        if (result !== undefined) {
            parsed[name] = result;
        }
    }
    return parsed;
}

interface Parsed<Value> {
    readonly value?: Value;
    readonly problems: readonly Problem[];
}

function parseSource(path: KeyPath, raw: unknown): Parsed<SourceConfig> {
    if (!isMap(raw)) {
        const finding = `${show(raw)} is not a map; expected type and the keys of that source`;
        return { problems: [problem(path, finding, writeIntoFile)] };
    }
    const { type } = raw;
    const unbuilt = typeof type === "string" ? findUnbuilt(type) : undefined;
    if (unbuilt !== undefined) {
        const { problems } = validate(unbuilt.schema, raw, path);
        return { problems: [...problems, problem([...path, "type"], `${show(type)} ${unbuilt.unbuilt}`)] };
    }
    const types = Object.keys(deployHalves);
    if (typeof type !== "string" || !isSourceType(type)) {
        const expectation = `expected one of ${types.join(", ")}`;
        const finding =
            type === undefined ? `is missing; ${expectation}` : `${show(type)} is not a source type; ${expectation}`;
        const at = [...path, "type"];
        return { problems: [problem(at, finding, setCommand(at, nearestTo(String(type), types)))] };
    }
    return validate(deployHalfOf({ type }).schema, raw, path) as Parsed<SourceConfig>;
}

function isSourceType(type: string): type is SourceType {
    return Object.hasOwn(deployHalves, type);
}

/** A database that is known and cannot be read yet. */
function findUnbuilt(type: string): UnbuiltHalf | undefined {
    const halves: Readonly<Record<string, UnbuiltHalf>> = unbuiltHalves;
    return Object.hasOwn(halves, type) ? halves[type] : undefined;
}

interface Surroundings {
    /** The sources as written, so that a detector of a faulty source is not told that there is none. */
    readonly sources: unknown;
    /** Undefined when it is faulty itself. */
    readonly detection: DetectionConfig | undefined;
    readonly readQuery: ReadQuery;
}

function parseDetector(path: KeyPath, raw: unknown, around: Surroundings): Parsed<DetectorConfig> {
    const { value: keys, problems: own } = validate(detectorSchema, raw, path);
    const written = isMap(raw) ? raw : {};
    const query = readSql([...path, "query"], written.query, around.readQuery);
    const problems = [
        ...own,
        ...query.problems,
        ...sourceProblems([...path, "source"], written.source, around.sources),
        ...(keys === undefined ? [] : detectorProblems(path, keys, around.detection)),
        ...(keys === undefined ? [] : optionProblems(path, keys)),
    ];
    if (keys === undefined || query.value === undefined || problems.length > 0) {
        return { problems };
    }
    return { value: toDetector(String(path.at(-1)), keys, query.value), problems };
}

function sourceProblems(path: KeyPath, source: unknown, sources: unknown): Problem[] {
    const names = isMap(sources) ? Object.keys(sources) : [];
    if (typeof source !== "string" || names.includes(source)) {
        return [];
    }
    const expectation =
        names.length === 0 ? "there are none in lookout:sources" : `expected one of ${names.join(", ")}`;
    const fix = names.length === 0 ? `add ${source} to lookout:sources` : setCommand(path, nearestTo(source, names));
    return [problem(path, `${show(source)} is not a source; ${expectation}`, fix)];
}

function toDetector(name: string, keys: DetectorKeys, query: string): DetectorConfig {
    const { offset, lateness, history, events: _inOptions, ...same } = keys;
    return {
        ...same,
        name,
        query,
        measures: keys.measures.map(({ name: column, aggregation }) => ({ name: column, aggregation })),
        options: optionsOf(keys),
        offsetSeconds: durationSeconds(offset),
        latenessSeconds: durationSeconds(lateness),
        history: history.from === undefined ? { last: history.last ?? "P90D" } : { from: history.from },
        chunk: history.chunk,
    };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** YAML reads a key with nothing behind it (all its lines commented out, say) as null: the same as no key. */
function withoutNulls(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(withoutNulls);
    }
    if (!isMap(value)) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, inner]) => inner !== null)
            .map(([key, inner]) => [key, withoutNulls(inner)]),
    );
}
