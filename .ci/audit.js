#!/usr/bin/env node
"use strict";

// Looks the dependencies of what is deployed up among known advisories. Fails for one that is high or critical and has a fix within the
// same major version; tells of all others. Where the registry does not answer there is nothing to say, and nothing fails.
const { execFile } = require("node:child_process");

const timeoutMs = 60_000;
const failing = new Set(["high", "critical"]);

execFile(
    "npm",
    ["audit", "--omit=dev", "--json"],
    { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
    (_error, stdout) => {
        const report = parsed(stdout);
        if (report?.vulnerabilities === undefined) {
            say(`skipped: the registry does not answer (${report?.message ?? report?.error?.summary ?? "no report"})`);
            return;
        }
        const found = Object.values(report.vulnerabilities);
        for (const { name, severity, range, fixAvailable } of found)
            say(`${severity}: ${name} ${range} (${fixText(fixAvailable)})`);
        const mustFix = found.filter(({ severity, fixAvailable }) => failing.has(severity) && isSmall(fixAvailable));
        if (found.length === 0) say("no advisories");
        if (mustFix.length > 0) {
            say(
                `update ${mustFix.map(({ name }) => name).join(", ")}: npm audit fix --omit=dev, then npm ci and the tests`,
            );
            process.exitCode = 1;
        }
    },
);

function say(line) {
    process.stdout.write(`${line}\n`);
}

function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** A fix that does not ask for another major version of what package.json names. */
function isSmall(fix) {
    return fix === true || (typeof fix === "object" && fix !== null && fix.isSemVerMajor !== true);
}

function fixText(fix) {
    if (fix === false || fix === undefined) return "no fix yet";
    return isSmall(fix) ? "fix available" : `fixed by another major version, ${fix.name} ${fix.version}`;
}
