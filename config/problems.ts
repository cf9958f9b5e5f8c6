import { closest } from "fastest-levenshtein";
import { z } from "zod";
import type { Problem } from "../errors";

/** Way to a value in the raw configuration; the first step is a key of the namespace, such as `detectors`. */
export type KeyPath = readonly (string | number)[];

/** Checks a raw value against a schema. Problems come as texts for people, `value` only when there is none. */
export function validate<Schema extends z.ZodType>(
    schema: Schema,
    raw: unknown,
    path: KeyPath,
): { readonly value?: z.output<Schema>; readonly problems: readonly Problem[] } {
    const parsed = schema.safeParse(raw, { error: clauseOf });
    if (parsed.success) {
        return { value: parsed.data, problems: [] };
    }
    return { problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, schema, raw, path)) };
}

/** A finding about a key, with the command that sets it right where one value is a good suggestion. */
export function problem(path: KeyPath, finding: string, fix?: string): Problem {
    return { key: keyText(path), finding, ...(fix === undefined ? {} : { fix }) };
}

/** The remedy where no single value is a good suggestion. */
export const writeIntoFile = "write it into the stack's configuration file; Pulumi.dev.yaml shows each key in use";

/** The command that sets a key. */
export function setCommand(path: KeyPath, value: string | number | boolean): string {
    const text = String(value);
    return `pulumi config set --path '${keyText(path)}' ${/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text}'`}`;
}

/** Finding and fix for a key that is not in a schema, with the known one that is spelled most like it. */
export function unknownKey(path: KeyPath, known: readonly string[]): Problem {
    const found = String(path.at(-1));
    if (known.includes("secret") && credentials.test(found)) return credentialKey(path, known);
    const nearest = nearestTo(found, known);
    const finding = `is not a known key; nearest is ${nearest}, expected one of ${known.join(", ")}`;
    return problem(path, finding, `write ${nearest} instead of ${found}, or remove it`);
}

/** Keys by which people hand over what no file may hold. */
const credentials = /^(db)?_?(pass(word|wd|phrase)?|pwd|credentials?|private_?key|(access|auth)?_?token|api_?key)$/i;

/** Where a password belongs, whatever key is spelled like it. */
function credentialKey(path: KeyPath, known: readonly string[]): Problem {
    const finding =
        "is not a known key, and what signs in never stands in the configuration; expected secret, the name of a secret in " +
        `Secrets Manager that holds it; known keys are ${known.join(", ")}`;
    return problem(
        path,
        finding,
        `store it in Secrets Manager, write the secret's name as secret, and remove ${String(path.at(-1))}`,
    );
}

/** The known name that is spelled most like the one found. */
export function nearestTo(found: string, known: readonly string[]): string {
    return closest(found, known);
}

/** What somebody may have put where a name belongs: a connection string, a secret's own value, a private key. */
const carriesPassword = /:\/\/[^\s/]*:[^\s/]*@|"?(password|passphrase|privateKey)"?\s*[:=]|PRIVATE KEY/i;

/** A value as a message shows it: short, without the content of maps and lists, and without what signs in. */
export function show(value: unknown): string {
    if (typeof value === "string") {
        if (carriesPassword.test(value)) return "a text with a password in it";
        return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value);
    }
    return typeof value === "object" && value !== null ? kindOf(value) : String(value);
}

/** `lookout:detectors.orders.measures[1].name`; steps that are not plain names are quoted as `pulumi config --path` wants them. */
function keyText(path: KeyPath): string {
    const [first, ...rest] = path;
    const steps = rest.map((step) => {
        if (typeof step === "number") {
            return `[${step}]`;
        }
        return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    });
    return `lookout:${first}${steps.join("")}`;
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, raw: unknown, path: KeyPath): Problem[] {
    const inner = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    const at = [...path, ...inner];
    const declared = schemaAt(schema, inner);
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => unknownKey([...at, key], knownKeys(declared)));
    }
    const found = valueAt(raw, inner);
    return [problem(at, findingOf(issue.message, found), fixOf(at, declared))];
}

function findingOf(clause: string, found: unknown): string {
    if (found !== undefined) {
        return `${show(found)} ${clause}`;
    }
    const [, expectation] = /; (expected .*)$/s.exec(clause) ?? [];
    return clause.startsWith("is missing") || expectation === undefined ? clause : `is missing; ${expectation}`;
}

function fixOf(path: KeyPath, declared: z.ZodType | undefined): string {
    const examples = declared?.meta()?.examples;
    const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
    switch (typeof example) {
        case "string":
        case "number":
        case "boolean":
            return setCommand(path, example);
        case "object":
            return `write ${path.at(-1)}: ${JSON.stringify(example)} into the stack's configuration file`;
        default:
            return writeIntoFile;
    }
}

/** What is wrong, as a clause, for the issues that a schema has no words of its own for. */
function clauseOf(issue: z.core.$ZodRawIssue): string {
    switch (issue.code) {
        case "invalid_type":
            return `is ${kindOf(issue.input)}; expected ${kinds[issue.expected] ?? issue.expected}`;
        case "invalid_value":
            return `is not known; expected ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}`;
        case "too_small":
            return `is too ${sizeWord(issue.origin, "small")}; expected at least ${amount(issue.minimum, issue.origin)}`;
        case "too_big":
            return `is too ${sizeWord(issue.origin, "large")}; expected at most ${amount(issue.maximum, issue.origin)}`;
        case "invalid_format":
            return `has the wrong form; expected ${issue.format}`;
        default:
            return "is not valid; expected what the key's description in Pulumi.yaml says";
    }
}

const kinds: Readonly<Record<string, string>> = {
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a map",
    record: "a map",
};

function kindOf(value: unknown): string {
    if (value === null || value === undefined) {
        return "missing";
    }
    if (Array.isArray(value)) {
        return "a list";
    }
    return kinds[typeof value] ?? typeof value;
}

function sizeWord(origin: string, word: "small" | "large"): string {
    const long = { small: "short", large: "long" } as const;
    return origin === "string" || origin === "array" ? long[word] : word;
}

function amount(limit: number | bigint, origin: string): string {
    const units: Readonly<Record<string, string>> = { string: "character", array: "entry" };
    const unit = units[origin];
    if (unit === undefined || limit === 1) {
        return unit === undefined ? String(limit) : `1 ${unit}`;
    }
    return `${limit} ${unit === "entry" ? "entries" : `${unit}s`}`;
}

/** The schema of the value at a path, without the wrappers that make it optional. */
function schemaAt(schema: z.ZodType, path: KeyPath): z.ZodType | undefined {
    const here = unwrapped(schema);
    const [step, ...rest] = path;
    if (step === undefined) {
        return here;
    }
    const next = stepInto(here, step);
    return next === undefined ? undefined : schemaAt(next, rest);
}

function stepInto(schema: z.ZodType, step: string | number): z.ZodType | undefined {
    if (schema instanceof z.ZodObject) {
        return (schema.shape as Record<string, z.ZodType>)[step];
    }
    if (schema instanceof z.ZodArray) {
        return schema.element as z.ZodType;
    }
    return schema instanceof z.ZodRecord ? (schema.valueType as z.ZodType) : undefined;
}

function unwrapped(schema: z.ZodType): z.ZodType {
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
        return unwrapped(schema.unwrap() as z.ZodType);
    }
    return schema instanceof z.ZodPipe ? unwrapped(schema.in as z.ZodType) : schema;
}

const knownKeys = (schema: z.ZodType | undefined): string[] =>
    schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

function valueAt(raw: unknown, path: KeyPath): unknown {
    return path.reduce<unknown>(
        (value, step) =>
            typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[step] : undefined,
        raw,
    );
}
