import { reporters, Runner, type MochaOptions } from "mocha";

/** Mocha's `spec` report (`dot` under CI), closed by one plain line: `N passed, N failed, N skipped`. */
class ClosingLine {
    constructor(runner: Runner, options: MochaOptions) {
        const report = new reporters.Spec(runner, options);
        runner.once(Runner.constants.EVENT_RUN_END, () => {
            const { passes, failures, pending } = report.stats;
            // Written on exit, after the report's own epilogue and whatever the tests left to print.
            process.once("exit", () => console.log(`\n${passes} passed, ${failures} failed, ${pending} skipped`));
        });
    }
}

module.exports = ClosingLine;
