import type { PolicyStatement } from "../service";

/** What is known of a request, by condition key in lower case. */
export type ConditionContext = Readonly<Record<string, string>>;

type Test = (wanted: string, found: string, context: ConditionContext) => boolean;

/** Positive form of each operator; the negated ones are made from them. */
const tests: Readonly<Record<string, Test>> = {
    StringEquals: (wanted, found, context) => resolve(wanted, context) === found,
    StringEqualsIgnoreCase: (wanted, found, context) => resolve(wanted, context).toLowerCase() === found.toLowerCase(),
    StringLike: (wanted, found, context) => matchesPattern(wanted, found, context),
    ArnEquals: matchesArn,
    ArnLike: matchesArn,
    Bool: (wanted, found) => wanted.toLowerCase() === found.toLowerCase(),
    NumericEquals: (wanted, found) => Number(wanted) === Number(found),
    NumericLessThan: (wanted, found) => Number(found) < Number(wanted),
    NumericLessThanEquals: (wanted, found) => Number(found) <= Number(wanted),
    NumericGreaterThan: (wanted, found) => Number(found) > Number(wanted),
    NumericGreaterThanEquals: (wanted, found) => Number(found) >= Number(wanted),
};

const negations: Readonly<Record<string, string>> = {
    StringNotEquals: "StringEquals",
    StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
    StringNotLike: "StringLike",
    ArnNotEquals: "ArnEquals",
    ArnNotLike: "ArnLike",
    NumericNotEquals: "NumericEquals",
};

/** True when every condition of a statement holds. Throws an Error for an operator that is not known here: none is passed over. */
export function conditionsHold(conditions: PolicyStatement["Condition"], context: ConditionContext): boolean {
    return Object.entries(conditions ?? {}).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => conditionHolds(operator, key.toLowerCase(), wanted, context)),
    );
}

function conditionHolds(operator: string, key: string, value: unknown, context: ConditionContext): boolean {
    const wanted = (Array.isArray(value) ? value : [value]).map(String);
    const found = context[key];
    if (operator === "Null") {
        return wanted.some((text) => (text === "true") === (found === undefined));
    }
    const name = operator.replace(/^For(AnyValue|AllValues):/, "").replace(/IfExists$/, "");
    const negated = negations[name];
    const test = tests[negated ?? name];
    if (test === undefined) {
        throw new Error(
            `the embedded IAM does not know the condition operator ${operator}; add it to local/cloud/iam/conditions.ts`,
        );
    }
    if (found === undefined) {
        return operator.endsWith("IfExists") || operator.startsWith("ForAllValues:") || negated !== undefined;
    }
    const some = wanted.some((text) => test(text, found, context));
    return negated === undefined ? some : !some;
}

function matchesArn(wanted: string, found: string, context: ConditionContext): boolean {
    const patterns = wanted.split(":");
    const parts = found.split(":");
    const last = patterns.slice(5).join(":");
    return (
        patterns.length >= 6 &&
        patterns.slice(0, 5).every((pattern, index) => matchesPattern(pattern, parts[index] ?? "", context)) &&
        matchesPattern(last, parts.slice(5).join(":"), context)
    );
}

const compiled = new Map<string, RegExp>();

/** True when the text is of the pattern's form: `*` stands for any text, `?` for one character, `${aws:userid}` for what is known. */
export function matchesPattern(pattern: string, text: string, context: ConditionContext): boolean {
    if (pattern === "*" || pattern === text) {
        return true;
    }
    if (!/[*?$]/.test(pattern)) {
        return false;
    }
    // What a variable stands for is taken literally, whatever it holds.
    const source = pattern
        .split(/(\$\{[^}]*\}|\*|\?)/)
        .map((piece) => (piece === "*" ? ".*" : piece === "?" ? "." : escapeRegExp(resolve(piece, context))))
        .join("");
    let expression = compiled.get(source);
    if (expression === undefined) {
        expression = new RegExp(`^${source}$`, "s");
        compiled.set(source, expression);
    }
    return expression.test(text);
}

/** Puts in what is known for each variable. One that is not known matches nothing. */
function resolve(text: string, context: ConditionContext): string {
    return text.replace(/\$\{([^}]*)\}/g, (_, name: string) =>
        /^[*?$]$/.test(name) ? name : (context[name.toLowerCase()] ?? `\0${name}`),
    );
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
