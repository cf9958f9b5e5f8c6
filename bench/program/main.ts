import { Command, InvalidArgumentError } from "commander";
import { formatRow, measureProgram, type ProgramFigures } from "./measure";

/*
 * How long the program takes to be evaluated, and how many resources it registers, by the number of detectors:
 * `npm run --silent bench:program -- [--json] [--detectors 1,10,100,300] [--runs N]`.
 */

interface Options {
    readonly json?: true;
    readonly detectors: readonly number[];
    readonly runs: number;
}

async function main(): Promise<void> {
    const { json, detectors, runs } = new Command("bench:program")
        .option("--json", "print one JSON array instead of a table")
        .option("--detectors <counts>", "numbers of detectors to measure", counts, [1, 10, 100, 300])
        .option("--runs <number>", "evaluations of each, of which the fastest counts", (text) => counts(text)[0]!, 3)
        .parse()
        .opts<Options>();
    const figures: ProgramFigures[] = [];
    // The first evaluation bundles the functions and loads Pulumi: what it takes is told apart.
    const first = await measureProgram(1, 1);
    for (const count of detectors) figures.push(await measureProgram(count, runs));
    if (json === true) process.stdout.write(`${JSON.stringify({ firstSeconds: first.seconds, figures }, null, 4)}\n`);
    else
        process.stdout.write(
            `first evaluation, with bundling and loading: ${first.seconds.toFixed(2)} s\n\n` +
                "| detectors | seconds | ms a detector more | resources | resources a detector | largest input (bytes) |\n" +
                "| ---: | ---: | ---: | ---: | ---: | ---: |\n" +
                figures.map((figure, index) => formatRow(figure, figures[index - 1])).join(""),
        );
}

function counts(text: string): number[] {
    const numbers = text.split(",").map(Number);
    if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
    throw new InvalidArgumentError("expected whole numbers above 0, such as 1,10,100");
}

void main();
