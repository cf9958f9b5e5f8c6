#!/usr/bin/env node
"use strict";

// Plain JavaScript, and nothing but the command line's parser, so that help appears at once. A sub-command loads what it needs.
require("node:module").enableCompileCache?.();
const { buildProgram } = require("../local/cli/program.js");

buildProgram()
    .parseAsync(process.argv)
    .catch((error) => {
        process.stderr.write(`lookout: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
    });
