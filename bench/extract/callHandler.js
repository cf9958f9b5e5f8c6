/*
 * Calls a bundled handler in plain Node, as Lambda would: gets the bundle's path, reads {event} as JSON from standard input, and prints
 * what the call answered, its seconds and its processor's seconds from the cold start on, and the most memory that the process had.
 */
const { readFileSync } = require("node:fs");
const { performance } = require("node:perf_hooks");

const began = performance.now();
const { handler } = require(process.argv[2]);
const event = JSON.parse(readFileSync(0, "utf8"));

handler(event, { getRemainingTimeInMillis: () => 900_000 }).then(
    (answer) => {
        const seconds = (performance.now() - began) / 1000;
        const peakMegabytes = process.resourceUsage().maxRSS / 1024;
        const { user, system } = process.cpuUsage();
        const found = { answer, seconds, processorSeconds: (user + system) / 1e6, peakMegabytes };
        process.stdout.write(JSON.stringify(found), () => process.exit(0));
    },
    (error) => {
        process.stderr.write(`${error.stack}\n`, () => process.exit(1));
    },
);
