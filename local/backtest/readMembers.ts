import type { History } from "./aggregate";
import type { FileDatabase } from "./database";
import type { Settings } from "./settings";
import { cells, dimensionNames, hasNumber, members } from "./tables";

/** Combinations that have a number at all, numbered. */
export function membersSql(settings: Settings): string {
    const names = dimensionNames(settings);
    const own = names.map((name) => `${name}, `).join("");
    const grouped = names.length === 0 ? "having count(*) > 0" : `group by ${names.join(", ")}`;
    return (
        `create temp table ${members} as select row_number() over (order by ${["since", ...names].join(", ")}) - 1 as member, * from ` +
        `(select ${own}min(position) as since from ${cells} where position is not null and (${hasNumber(settings)}) ${grouped})`
    );
}

/** The values of all combinations, combination by combination. */
export async function readMembers(
    settings: Settings,
    { first, intervals }: Pick<History, "first" | "intervals">,
    { connection }: FileDatabase,
): Promise<Pick<History, "combinations" | "firstSeen" | "values">> {
    const names = dimensionNames(settings);
    const listed = await connection.runAndReadAll(
        `select since, ${["member", ...names].join(", ")} from ${members} order by member`,
    );
    const combinations = listed.getRows().map(([, , ...values]) => values.map(String));
    const firstSeen = Int32Array.from(listed.getRows(), ([since]) => Number(since) - first);
    const width = settings.measures.length;
    const values = new Float64Array(combinations.length * width * intervals).fill(NaN);
    const joined = names.length === 0 ? "true" : names.map((name) => `c.${name} = k.${name}`).join(" and ");
    const columns = settings.measures.map((_, m) => `cast(m${m} as double) as m${m}`).join(", ");
    const result = await connection.stream(
        `select cast(position - (${first}) as double) as at, cast(member as double) as member, ${columns} ` +
            `from ${cells} c join ${members} k on ${joined} where position is not null`,
    );
    for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return { combinations, firstSeen, values };
        const [at, member, ...read] = chunk.getColumns() as (number | null)[][];
        for (let m = 0; m < width; m++)
            for (let row = 0; row < chunk.rowCount; row++) {
                const value = read[m]![row];
                if (value !== null) values[(member![row]! * width + m) * intervals + at![row]!] = value!;
            }
    }
}
