/*
 * `s3://lake/orders/{{yyyyMMdd}}/{{HH}}/`: where the rows of a time lie. Keys count in UTC; the smallest unit among them is how long one
 * expanded prefix holds.
 */

/** A place in S3: the bucket, and what its keys begin with. */
export interface Prefix {
    readonly bucket: string;
    readonly prefix: string;
}

const letters = ["yyyy", "MM", "dd", "HH", "mm"] as const;
type Letters = (typeof letters)[number];
const unitMs: Readonly<Record<Letters, number>> = {
    yyyy: 86_400_000,
    MM: 86_400_000,
    dd: 86_400_000,
    HH: 3_600_000,
    mm: 60_000,
};

const key = /\{\{([^{}]*)\}\}/g;
const part = /yyyy|MM|dd|HH|mm/g;

/** What is wrong with a template, as a clause that follows the key's name; undefined when nothing is. */
export function templateProblem(template: string): string | undefined {
    const bad = [...template.matchAll(key)]
        .map(([, inside = ""]) => inside)
        .find((inside) => inside.replace(part, "").match(/^[-_]*$/) === null || inside === "");
    if (bad !== undefined)
        return `has the key {{${bad}}}; expected letters of ${letters.join(", ")}, such as {{yyyyMMdd}} or {{HH}}`;
    if (template.replace(key, "").match(/[{}]/))
        return "has a brace that belongs to no key; expected such as {{yyyyMMdd}}";
    const used = lettersOf(template);
    const gap = letters.findIndex((letter) => !used.includes(letter));
    const beyond = gap < 0 ? undefined : letters.slice(gap).find((letter) => used.includes(letter));
    return beyond === undefined
        ? undefined
        : `has ${beyond} without ${letters[gap]}: a prefix would belong to many times`;
}

/** Whether a template says which time lies where. */
export const hasKeys = (template: string): boolean => lettersOf(template).length > 0;

/** What keys begin with in any case, for permissions: everything before the first key. */
export function fixedPrefix(template: string): Prefix {
    return split(template.replace(/\{\{.*$/, ""));
}

/** Prefixes under which the rows of `[start, end)` lie, instants in milliseconds since 1970; one without keys is always the same. */
export function prefixesOf(
    template: string,
    { start, end }: { readonly start: number; readonly end: number },
): Prefix[] {
    const used = lettersOf(template);
    if (used.length === 0) return [split(template)];
    const step = Math.min(...used.map((letter) => unitMs[letter]));
    const found = new Set<string>();
    for (let at = Math.floor(start / step) * step; at < end; at += step) found.add(expanded(template, at));
    return [...found].map(split);
}

const lettersOf = (template: string): Letters[] =>
    [...template.matchAll(key)].flatMap(([, inside = ""]) => (inside.match(part) ?? []) as Letters[]);

function expanded(template: string, instant: number): string {
    const [yyyy, MM, dd, HH, mm] = new Date(instant).toISOString().split(/[-T:]/);
    const values: Readonly<Record<string, string>> = { yyyy: yyyy!, MM: MM!, dd: dd!, HH: HH!, mm: mm! };
    return template.replace(key, (_, inside: string) => inside.replace(part, (letter) => values[letter]!));
}

function split(place: string): Prefix {
    const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(place) ?? [];
    return { bucket, prefix };
}
