"use strict";

const { availableParallelism } = require("node:os");

/*
 * Test files run side by side, each in a process that plays many, one after the other. Two at least, since tests wait for servers and
 * processes of their own; four at most, since each holds up to a gigabyte.
 */
module.exports = {
    require: ["tsx/cjs"],
    spec: ["test/**/*.test.ts"],
    reporter: "test/support/reporter.ts",
    timeout: 120_000,
    parallel: true,
    jobs: Math.min(4, Math.max(2, availableParallelism() - 1)),
};
