import { evaluateProgram } from "../../local/program/recordedProgram";

/** What the program takes with some detectors. */
export interface ProgramFigures {
    readonly detectors: number;
    /** Seconds that the fastest evaluation took. */
    readonly seconds: number;
    /** Resources that the engine would create, components left out. */
    readonly resources: number;
    /** Resources and components of one detector, by type. */
    readonly perDetector: Readonly<Record<string, number>>;
    /** Bytes of the largest input of any resource but code: what grows with the detectors shows here. */
    readonly largestInput: number;
}

/** Evaluates the program with so many detectors over one source, a number of times, creating nothing. */
export async function measureProgram(detectors: number, runs: number): Promise<ProgramFigures> {
    const config = configOf(detectors);
    let seconds = Infinity;
    for (let run = 0; ; run++) {
        const started = performance.now();
        const program = await evaluateProgram(config);
        seconds = Math.min(seconds, (performance.now() - started) / 1000);
        if (run < runs - 1) continue;
        const custom = program.resources.filter((resource) => resource.custom);
        const own = program.resources.filter(({ name }) => name === "d1" || name.startsWith("d1-"));
        return {
            detectors,
            seconds,
            resources: custom.length,
            perDetector: countBy(own.map(({ type }) => type)),
            largestInput: Math.max(
                ...custom.map(({ inputs: { code: _code, ...rest } }) => JSON.stringify(rest).length),
            ),
        };
    }
}

function configOf(detectors: number): Record<string, unknown> {
    const intervals = ["PT1H", "PT1H", "PT5M", "P1D"];
    const each = Array.from({ length: detectors }, (_, index) => [
        `d${index + 1}`,
        {
            source: "warehouse",
            interval: intervals[index % intervals.length],
            query: `select ts as "timestamp", country, amount from orders_${index + 1} where ts >= {{start}} and ts < {{end}}`,
            timestamp: { column: "timestamp" },
            dimensions: ["country"],
            measures: [{ name: "amount", aggregation: "SUM" }],
            alerts: { oncall: { threshold: 70, sns: "arn:aws:sns:us-east-1:123456789012:oncall" } },
        },
    ]);
    return { "lookout:detectors": Object.fromEntries(each) as unknown };
}

function countBy(types: readonly string[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const type of types) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
}

/** A row of the table; `before` is the one above it. */
export function formatRow(figures: ProgramFigures, before: ProgramFigures | undefined): string {
    const { detectors, seconds, resources, perDetector, largestInput } = figures;
    const more =
        before === undefined ? "" : (((seconds - before.seconds) / (detectors - before.detectors)) * 1000).toFixed(1);
    const own = Object.values(perDetector).reduce((sum, count) => sum + count, 0);
    return `| ${detectors} | ${seconds.toFixed(2)} | ${more} | ${resources} | ${own} | ${largestInput} |\n`;
}
