/** What a source's name is compared with. */
export interface KnownNames {
    /** Types that rows can be extracted from. */
    readonly built: readonly string[];
    /** Types that are known and not built. */
    readonly unbuilt: readonly string[];
    /** Files and folders in `sources/`, without endings. */
    readonly taken: readonly string[];
}

const longestName = 30;

/** Words that cannot name a constant in a module. */
const reserved: ReadonlySet<string> = new Set(
    (
        "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for " +
        "function if implements import in instanceof interface let new null package private protected public return static super switch " +
        "this throw true try typeof undefined var void while with yield"
    ).split(" "),
);

/** Why a source cannot have a name; undefined when it can. */
export function findNameProblem(name: string, { built, unbuilt, taken }: KnownNames): string | undefined {
    if (!/^[a-z][A-Za-z0-9]*$/.test(name) || name.length > longestName) {
        return `"${name}" is not a name for a source; expected up to ${longestName} letters and digits, the first a small letter, such as cockroach`;
    }
    if (reserved.has(name)) return `"${name}" is a word of JavaScript's own; choose another name`;
    if (built.includes(name)) return `there is a source ${name} already; see sources/${name}/README.md`;
    const clash = taken.find((one) => one.toLowerCase() === name.toLowerCase());
    if (clash !== undefined && !unbuilt.includes(name)) return `sources/${clash} is there already; choose another name`;
    return undefined;
}
