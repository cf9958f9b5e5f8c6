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
            "Connects databases to anomaly detection. Tries the whole Pulumi program on this machine, without a cloud account, " +
                "checks, previews and follows a stack, and runs the detection service here.",
        )
        .version(version)
        .showHelpAfterError("Run lookout --help for the commands, lookout <command> --help for their options.")
        .addHelpText(
            "after",
            examples("lookout demo", "lookout demo --json > result.json", "lookout backtest sales.csv", "lookout down"),
        );
    program.addCommand(demoCommand());
    program.addCommand(upCommand());
    program.addCommand(downCommand());
    program.addCommand(backtestCommand());
    program.addCommand(checkCommand());
    program.addCommand(previewCommand());
    program.addCommand(statusCommand());
    program.addCommand(windowsCommand());
    program.addCommand(serveCommand());
    program.addCommand(sampleDataCommand());
    program.addCommand(proxyCommand());
    program.addCommand(importCommand());
    program.addCommand(newSourceCommand());
    return program;
}

function demoCommand() {
    return new Command("demo")
        .summary("find the anomalies hidden in a sample warehouse")
        .description(
            "Brings the stack dev (Pulumi.dev.yaml) up on an embedded cloud, loads a sample warehouse, learns 90 days of it, plays a week of " +
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
            `\nKeys of --json:
  precision, recall    shares, 0 to 1, of the groups that are right and of the larger injected anomalies that were found
  windows, rows, bytes what was extracted, history and live
  seconds, stages      wall time, of the whole and of each stage: name, seconds
  groups               anomaly groups: start, end (ISO 8601), measure, severity (0 to 100), dimensions, expected, actual
  others               the stack's other detectors, if any: detector, status, groups
  alerts               what the stack's alerts sent, if anything: target, messages
  error                why the run failed; absent when it did not\n` +
                examples("lookout demo", "lookout demo --detectors 25", "lookout demo --json | jq .recall"),
        )
        .action((options) => load("./demoCommand.ts")(options));
}

function upCommand() {
    return new Command("up")
        .summary("bring a stack of your own up on this machine, and follow it")
        .description(
            "Evaluates the program with the stack's file, deploys it to the embedded cloud in .lookout/<env>, extracts the history out of your " +
                "own source (DuckDB and its files, PostgreSQL, MySQL, objects in a folder), learns, plays the last week as live windows, and then goes " +
                "on with the clock until Ctrl-C. A second run goes on where the first stopped. Nothing leaves this machine, and nobody is told.",
        )
        .requiredOption("--stack <env>", "stack to bring up: Pulumi.<env>.yaml, in the current folder or the project's")
        .option("--once", "end when it has caught up with the clock")
        .option(
            "--detector <name>",
            "bring up this detector and its source only; may be given several times",
            (name, given) => [...given, name],
            [],
        )
        .option(
            "--secrets <file>",
            "JSON or YAML with each source's secret by the source's name; LOOKOUT_SECRET_<SOURCE>, JSON, comes before it",
        )
        .option(
            "--bucket <name=folder>",
            "let a folder's files be the objects of an S3 bucket that a source reads; may be given several times",
            bucketFolders,
            [],
        )
        .option(
            "--from <time>",
            "where a new stack's clock begins, ISO 8601: history lies before it, live windows after it (default: a week ago, less for short intervals)",
            isoTime,
        )
        .option("--until <time>", "play up to this instant, ISO 8601, and end, for data that are old", isoTime)
        .option("--threshold <severity>", "least severity, 0 to 100, of table and report", wholeNumber(100, 0), 70)
        .option("--report <file>", "HTML report to write (default: lookout-<env>.html, none with --json)")
        .option("--no-report", "write no report")
        .option("--json", "print one JSON object to standard output when it ends; progress goes to standard error")
        .option("--open", "open the report in the browser")
        .addHelpText(
            "after",
            `\nKeys of --json:
  stack, began, now  the stack, when it was brought up first, and what its clock shows
  seconds, stages    wall time, of the whole and of each stage: name, seconds
  detectors          detector, status, failure, windows, rows, parked, watermark, scoredThrough
  groups             anomaly groups: detector, start, end, measure, severity (0 to 100), dimensions, expected, actual,
                     cause (expected, actual, share: of the metrics that the dimensions name)
  alerts             what the stack's alerts would have sent: target, messages
  error              why it failed; absent when it did not\n` +
                examples(
                    "lookout up --stack files",
                    "lookout up --stack files --from 2026-03-25T00:00:00Z --until 2026-04-01T00:00:00Z",
                    `LOOKOUT_SECRET_ORDERS_DB='{"username": "reader", "password": "…", "host": "db.local", "dbname": "shop"}' lookout up --stack shop`,
                    "lookout up --stack lake --bucket my-lake=./lake --once --json | jq .groups",
                    "lookout status --stack files",
                ),
        )
        .action((options) => load("./upCommand.ts")(options));
}

function downCommand() {
    return new Command("down")
        .summary("destroy what a demo or up left on this machine")
        .description(
            "Destroys every resource of a stack on the embedded cloud, as pulumi destroy does in an account. The bucket " +
                "stays, with its data, while lookout:keepData is true in the stack's configuration.",
        )
        .option("--stack <env>", "stack to destroy", "dev")
        .option("--delete-data", "delete the bucket and the whole state folder .lookout/<env> too")
        .addHelpText("after", examples("lookout down", "lookout down --stack files --delete-data"))
        .action((options) => load("./downCommand.ts")(options));
}

function checkCommand() {
    return new Command("check")
        .summary("check a stack's detectors against their databases")
        .description(
            "Reads the stack's configuration file, connects to each source with the credentials of the environment, and compares each " +
                "detector with what its query gives: columns and their types, a few rows, rows and combinations of dimension values of " +
                "one window against the limits, and the windows that a backfill would extract. Says what is wrong, by the full " +
                "configuration key, and what would be right. Nothing is written. Ends with code 0 when every detector can be extracted.",
        )
        .requiredOption("--stack <env>", "stack to check: Pulumi.<env>.yaml, in the current folder or the project's")
        .option("--detector <name>", "check this detector only")
        .option(
            "--window <time>",
            "look at the window that holds this instant, ISO 8601 (default: the latest full one)",
            isoTime,
        )
        .option(
            "--deployed",
            "let the deployed stack look, whose functions reach databases inside a VPC; takes lambda:InvokeFunction",
        )
        .option("--region <name>", "AWS region (default: aws:region of the stack, else AWS_REGION)", regionName)
        .option("--json", "print one JSON object to standard output, and nothing else; progress goes to standard error")
        .addHelpText(
            "after",
            `\nKeys of --json:
  problems   what is wrong with the configuration as it stands: key, finding, fix; then no database was asked
  detectors  for each: detector, source, verdict (ok, warning, failed, unreachable), findings (severity, key, finding, fix),
             columns (name, type, kind), window (start, end, rows, combinations, metrics, nulls, sample), backfill (windows, from, to)\n` +
                examples(
                    "lookout check --stack dev",
                    "lookout check --stack prod --detector ecommerce --window 2026-04-01T13:00:00Z",
                    "lookout check --stack prod --deployed",
                    "lookout check --stack prod --json | jq '.detectors[].findings'",
                ),
        )
        .action((options) => load("./checkCommand.ts")(options));
}

function backtestCommand() {
    return new Command("backtest")
        .summary("find anomalies in your own CSV, JSON or Parquet files")
        .description(
            "Learns from the older part of the files' intervals and scores the newer part one by one, with the detector that is deployed. " +
                "Reads CSV, JSON lines and Parquet (.gz and .zst too), any number of files, folders and quoted globs. What is not said " +
                "is guessed from the files, and printed as flags. Writes backtest-report.html into the current folder.",
        )
        .argument("<file...>", "files, folders or globs with a header line or named columns, all of one table")
        .option("--timestamp <column>", "column of each row's time (default: the one that looks like it)")
        .option(
            "--timestamp-format <format>",
            'how that column is written, such as "dd.MM.yyyy HH:mm" or UNIX (default: found out)',
        )
        .option("--dimensions <a,b>", 'columns that tell slices apart; "" for none (default: those of few values)')
        .option("--measures <m:SUM,n:AVG>", "columns of numbers, each with SUM or AVG (default: all that look like it)")
        .option(
            "--interval <duration>",
            "time between two values, PT1M and more, such as PT15M, PT1H, P1D (default: found out)",
        )
        .option("--time-zone <zone>", "IANA zone of times without one; whole days begin there", "UTC")
        .option("--learn <number>", "intervals to learn from (default: the first 70 %)", wholeNumber(1e9, 0))
        .option("--threshold <severity>", "least severity, 0 to 100, of table and report", wholeNumber(100, 0), 70)
        .option("--json", "print all incidents as one JSON array to standard output; progress goes to standard error")
        .option("--scores <file>", "write every scored value as CSV, with severity, expected value and band")
        .option("--report <file>", "HTML report to write (default: backtest-report.html, none with --json)")
        .option("--no-report", "write no report")
        .option("--open", "open the report in the browser")
        .addHelpText(
            "after",
            `\nElements of --json, oldest first:
  start, end   first and last anomalous interval, by their starts, UTC
  severity     0 to 100
  measure      absent where several measures are concerned
  causes       best first: dims (the values that it fixes; none for all of the measure), score

Columns of --scores: timestamp (UTC), the dimensions, measure, severity, value, expected, lower, upper.\n` +
                examples(
                    "lookout backtest sales.csv",
                    "lookout backtest sales.csv --timestamp ts --dimensions shop,country --measures revenue:SUM --interval PT1H",
                    "lookout backtest 'logs/2026-*.parquet' --measures latency_ms:AVG,requests:SUM --interval PT5M --open",
                    "lookout backtest orders/ --time-zone Europe/Berlin --interval P1D --json > anomalies.json",
                ),
        )
        .action((files, options) => load("./backtestCommand.ts")(options, files));
}

function previewCommand() {
    return new Command("preview")
        .summary("show what a stack would extract, tell and cost")
        .description(
            "Reads the stack's configuration file and prints, for each detector, the SQL of the first and the last window of its history, how " +
                "many windows a backfill has, who would be told of which anomalies, and what a month costs, with the prices and " +
                "assumptions behind it. pulumi preview tells the same. Asks neither Pulumi nor a database.",
        )
        .requiredOption("--stack <env>", "stack to show: Pulumi.<env>.yaml, in the current folder or the project's")
        .option("--detector <name>", "show this detector only")
        .option("--rows <number>", "rows of one interval to reckon with (default: 1000)", wholeNumber(1e9))
        .option("--json", "print the estimates as one JSON object, dollars a month")
        .addHelpText(
            "after",
            examples("lookout preview --stack dev", "lookout preview --stack prod --detector orders --rows 50000"),
        )
        .action((options) => load("./previewCommand.ts")(options));
}

function serveCommand() {
    return new Command("serve")
        .summary("run the detection service on this machine")
        .description(
            "Answers the API of Amazon Lookout for Metrics on loopback, for the official clients with their endpoint pointed at it. " +
                "Any signature is accepted. Prints one line to standard output when it is ready, listening on http://127.0.0.1:PORT, " +
                "and logs to standard error. Ctrl-C stops it; the next one on the same folder goes on where it was.",
        )
        .option("--port <number>", "port to listen on, 0 for any free one", portNumber, 8080)
        .option("--dir <folder>", "folder of all that the service knows; one service at a time", ".lookout/serve")
        .option(
            "--bucket <name=folder>",
            "let a folder's files be the objects of an S3 bucket; may be given several times",
            bucketFolders,
            [],
        )
        .option(
            "--s3-endpoint <url>",
            "read all other buckets there, with the AWS credentials of the environment",
            webUrl,
        )
        .option("--region <name>", "region in the service's ARNs", regionName, "us-east-1")
        .option("--account <digits>", "account in the service's ARNs", accountId, "123456789012")
        .option(
            "--simulate",
            'stand still until told: POST /-/advance {"to": "2026-01-02T00:00:00Z"} lets time pass, and answers ' +
                '{"now", "ticks", "failed"}: where the clock stands, and what work failed on the way',
        )
        .option(
            "--now <time>",
            "what the simulated clock shows at first, ISO 8601, such as 2026-01-01T00:00:00Z",
            isoTime,
        )
        .addHelpText(
            "after",
            examples(
                "lookout serve",
                "lookout serve --port 0 --dir ./service --bucket shop-data=./data",
                "lookout serve --bucket shop-data=./data --simulate --now 2026-04-01T00:00:00Z",
                "lookout serve --s3-endpoint https://s3.eu-west-1.amazonaws.com --region eu-west-1",
            ),
        )
        .action((options) => load("./serveCommand.ts")(options));
}

function proxyCommand() {
    return new Command("proxy")
        .summary("let clients that cannot change their signing reach a deployed service")
        .description(
            "Listens on loopback, signs each request anew for the detection service of a stack, and passes the answer through. A " +
                "function URL wants requests signed for the service name lambda; the Python and command line clients sign for " +
                "lookoutmetrics and cannot be told otherwise. Uses the AWS credentials of the environment; those of the client are " +
                "ignored, and whoever can reach the port acts with yours.",
        )
        .option("--stack <env>", "stack whose service is meant; its endpoint is asked of Pulumi")
        .option("--endpoint <url>", "base URL of the service, instead of --stack", webUrl)
        .option("--region <name>", "region to sign for (default: the one in the URL, else AWS_REGION)", regionName)
        .option("--port <number>", "port to listen on, 0 for any free one", portNumber, 8080)
        .addHelpText(
            "after",
            examples(
                "lookout proxy --stack prod",
                "lookout proxy --endpoint https://abc123.lambda-url.us-east-1.on.aws",
                "AWS_ENDPOINT_URL_LOOKOUTMETRICS=http://127.0.0.1:8080 aws lookoutmetrics list-anomaly-detectors",
            ),
        )
        .action((options) => load("./proxyCommand.ts")(options));
}

function sampleDataCommand() {
    return new Command("sample-data")
        .summary("write files to try the detection service with")
        .description(
            "Writes a sample shop's hourly views and revenue (3 platforms, 7 marketplaces, some anomalies) as CSV files in the layout " +
                "of the old samples: ecommerce/backtest/input.csv and ecommerce/live/yyyyMMdd/HHmm/. The live hours begin on 2026-04-01. " +
                "The same files each time.",
        )
        .argument("<folder>", "folder to write into; made when there is none")
        .option("--history-days <number>", "days before the live hours, 8 to 365 (default: 90)", wholeNumber(365, 8))
        .option("--live-days <number>", "days of live hours, 1 to 30 (default: 7)", wholeNumber(30))
        .addHelpText(
            "after",
            examples(
                "lookout sample-data ./data",
                "lookout serve --bucket sample-data=./data --simulate --now 2026-04-01T00:05:00Z",
            ),
        )
        .action((folder, options) => load("./sampleDataCommand.ts")(options, folder));
}

function statusCommand() {
    return new Command("status")
        .summary("tell how the detectors of a stack are")
        .description(
            "Tells of each detector: backfill, watermark, parked windows, learning, the newest score, how long its rows take to arrive beside " +
                "the configured offset, and what is deployed, or held by the detection service, otherwise than the stack's file says, with what to do. Reads the stack that a demo left in " +
                ".lookout/<env>, or else the deployed one, with the AWS credentials of the environment. Ends with code 1 when a detector has failed.",
        )
        .option("--stack <env>", "stack to look at", "dev")
        .option("--wait", "wait until each detector has its history and has learned from it, or has failed")
        .option("--json", "print one JSON object")
        .addHelpText(
            "after",
            examples(
                "lookout status",
                "lookout status --stack prod --wait",
                "lookout status --json | jq .detectors[0].watermark",
            ),
        )
        .action((options) => load("./statusCommand.ts")(options));
}

function windowsCommand() {
    return new Command("windows")
        .summary("print a detector's ledger, and extract windows again")
        .description(
            "Prints the windows of a detector's ledger: rows, bytes, versions (more than 1: rows came late), runs that failed, and what is " +
                "missing: windows that are parked, with the reason, and gaps. Reads the stack that a demo left in .lookout/<env>, or else the " +
                "deployed one, with the AWS credentials of the environment.",
        )
        .requiredOption("--detector <name>", "detector, as the configuration names it")
        .option("--stack <env>", "stack to look at", "dev")
        .option("--last <number>", "newest windows to show, beside all that are missing", wholeNumber(100000), 48)
        .option("--all", "show every window: a request each, and one for each month that is compacted")
        .option(
            "--replay <from..to>",
            "extract the windows of a stretch again first, and let the detector amend what it had found; those of the history that it touches " +
                "are long, and extracted as a whole; where the rows are the same nothing changes",
        )
        .option(
            "--secrets <file>",
            "with --replay, on this machine: the file that lookout up was given; LOOKOUT_SECRET_<SOURCE>, JSON, comes before it",
        )
        .option("--force", "with --replay: count the windows anew also when their rows are the same")
        .option("--json", "print one JSON object")
        .addHelpText(
            "after",
            examples(
                "lookout windows --detector ecommerce",
                "lookout windows --stack prod --detector orders --all --json",
                "lookout windows --stack prod --detector orders --replay 2026-04-01T00:00..2026-04-01T06:00",
            ),
        )
        .action((options) => load("./windowsCommand.ts")(options));
}

function importCommand() {
    return new Command("import")
        .summary("turn the params file of the old connector into stack configuration")
        .description(
            "Reads the params.json of amazon-lookout-for-metrics-custom-connectors and prints the same as configuration for a stack. " +
                "Says on standard error what cannot be carried over, and what the configuration still lacks.",
        )
        .argument("<params.json>", "the old connector's params file")
        .option(
            "--query <file>",
            "SQL of the old crawls (default: the old repository's query.sql, where it lies beside the file)",
        )
        .option("--name <name>", "name of the detector in the configuration (default: made from detector_name)")
        .option("--history <duration>", "how much of the past to learn from, ISO 8601, such as P365D (default: P90D)")
        .option("--out <file>", "file to write, which must not exist (default: standard output)")
        .addHelpText(
            "after",
            examples(
                "lookout import params.json",
                "lookout import ai_ops/params.json --name shop --history P365D --out Pulumi.prod.yaml",
                "lookout import params.json --query query.sql > Pulumi.prod.yaml",
            ),
        )
        .action((file, options) => load("./importCommand.ts")(options, file));
}

function newSourceCommand() {
    return new Command("new-source")
        .summary("write the folder of a source for another database")
        .description(
            "Writes sources/<name> and its contract test into the project, and the lines in sources/deploy.ts and sources/run.ts that make it " +
                "known. It compiles and can be configured at once; what is left to fill in is listed, and each red test names it. A type that is " +
                "known and not built, such as bigquery, keeps its keys and its page.",
        )
        .argument("<name>", "type of the source, letters and digits, such as cockroach")
        .option("--no-test", "do not run the contract test")
        .addHelpText("after", examples("lookout new-source cockroach", "lookout new-source sqlserver --no-test"))
        .action((name, options) => load("./newSourceCommand.ts")(options, name));
}

/**
 * An action that loads a TypeScript module when it is called, and sets the exit code that the module's `run` gives.
 *
 * @param {string} path
 * @returns {(options: object, ...operands: string[]) => Promise<void>}
 */
function load(path) {
    return async (options, ...operands) => {
        // Node ends with code 0 when nothing is left to wait for, even if a promise never settled: failure is the default.
        process.exitCode = 1;
        require("tsx/cjs");
        process.exitCode = await require(path).run(options, ...operands);
    };
}

/**
 * A parser of whole numbers from `least` to `most`.
 *
 * @param {number} most
 * @param {number} [least]
 * @returns {(text: string) => number}
 */
function wholeNumber(most, least = 1) {
    return (text) => {
        const number = Number(text);
        if (!Number.isInteger(number) || number < least || number > most) {
            throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
        }
        return number;
    };
}

/**
 * @param {string} text
 * @returns {number}
 */
function portNumber(text) {
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65535) {
        throw new InvalidArgumentError("It must be a port, 1 to 65535, or 0 for any free one.");
    }
    return port;
}

/**
 * @param {string} text
 * @param {string[]} given
 * @returns {string[]}
 */
function bucketFolders(text, given) {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]=./.test(text)) {
        throw new InvalidArgumentError(
            "It must be NAME=FOLDER, such as shop-data=./data; a bucket's name has 3 to 63 small letters, digits, dots and hyphens.",
        );
    }
    return [...given, text];
}

/**
 * @param {string} text
 * @returns {string}
 */
function webUrl(text) {
    if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
        throw new InvalidArgumentError("It must be a URL, such as http://127.0.0.1:9000.");
    }
    return text;
}

/**
 * @param {string} text
 * @returns {string}
 */
function regionName(text) {
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) {
        throw new InvalidArgumentError("It must be the name of a region, such as us-east-1.");
    }
    return text;
}

/**
 * @param {string} text
 * @returns {string}
 */
function accountId(text) {
    if (!/^\d{12}$/.test(text)) {
        throw new InvalidArgumentError("It must be the 12 digits of an account, such as 123456789012.");
    }
    return text;
}

/**
 * @param {string} text
 * @returns {string}
 */
function isoTime(text) {
    const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
    if (!form.test(text) || Number.isNaN(Date.parse(text))) {
        throw new InvalidArgumentError("It must be an instant with its zone, such as 2026-01-01T00:00:00Z.");
    }
    return text;
}

/** @param {string[]} commands */
function examples(...commands) {
    return `\nExamples:\n${commands.map((command) => `  $ ${command}`).join("\n")}\n`;
}

module.exports = { buildProgram };
