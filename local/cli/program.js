"use strict";
// The commands, their options and their help. JavaScript, so that help needs no TypeScript loader: an action loads that, and its
// own module, when it is run. A command's module exports `run(options)`, which resolves to the exit code.

const { Command, InvalidArgumentError } = require("commander");
const { version } = require("../../package.json");

/**
 * Builds the `lookout` command.
 *
 * @returns {Command}
 */
function buildProgram() {
    const program = new Command("lookout")
        .description(
            "Connects databases to anomaly detection. Tries the whole Pulumi program on this machine, without a cloud account.",
        )
        .version(version)
        .showHelpAfterError("Run lookout --help for the commands, lookout <command> --help for their options.")
        .addHelpText("after", examples("lookout demo", "lookout demo --json > result.json", "lookout down"));
    program.addCommand(demoCommand());
    program.addCommand(downCommand());
    return program;
}

function demoCommand() {
    return new Command("demo")
        .summary("find the anomalies hidden in a sample warehouse")
        .description(
            "Brings the stack dev up on an embedded cloud, loads a sample warehouse, learns 90 days of it, plays a week of " +
                "hourly extractions on a simulated clock and compares the anomalies found with those that were hidden in the data. " +
                "Writes demo-report.html into the current folder and keeps the cloud's state in .lookout/dev.",
        )
        .option("--json", "print one JSON object to standard output, and nothing else; progress goes to standard error")
        .option(
            "--detectors <number>",
            "watch the same data under so many names, 1 to 300 (default: 1)",
            wholeNumber(300),
        )
        .option(
            "--days <number>",
            "days to play live, 1 to 7 (default: 7; 1 with more than three detectors)",
            wholeNumber(7),
        )
        .option("--resume", "continue an interrupted run from its ledger instead of beginning anew")
        .option("--open", "open the report in the browser")
        .addHelpText(
            "after",
            examples("lookout demo", "lookout demo --detectors 25", "lookout demo --json | jq .recall"),
        )
        .action(load("./demoCommand.ts"));
}

function downCommand() {
    return new Command("down")
        .summary("destroy what a demo left up")
        .description(
            "Destroys every resource of the stack dev on the embedded cloud, as pulumi destroy does in an account. The bucket " +
                "stays, with its data, while lookout:keepData is true in the stack's configuration.",
        )
        .option("--delete-data", "delete the bucket and the whole state folder .lookout/dev too")
        .addHelpText("after", examples("lookout down", "lookout down --delete-data"))
        .action(load("./downCommand.ts"));
}

/**
 * An action that loads a TypeScript module when it is called, and sets the exit code that the module's `run` gives.
 *
 * @param {string} path
 * @returns {(options: object) => Promise<void>}
 */
function load(path) {
    return async (options) => {
        // Node ends with code 0 when nothing is left to wait for, even if a promise never settled: failure is the default.
        process.exitCode = 1;
        require("tsx/cjs");
        process.exitCode = await require(path).run(options);
    };
}

/**
 * A parser of whole numbers from 1 to `most`.
 *
 * @param {number} most
 * @returns {(text: string) => number}
 */
function wholeNumber(most) {
    return (text) => {
        const number = Number(text);
        if (!Number.isInteger(number) || number < 1 || number > most) {
            throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
        }
        return number;
    };
}

/** @param {string[]} commands */
function examples(...commands) {
    return `\nExamples:\n${commands.map((command) => `  $ ${command}`).join("\n")}\n`;
}

module.exports = { buildProgram };
