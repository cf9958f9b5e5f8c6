"use strict";
// Where a working thread begins. JavaScript, since a thread does not inherit the TypeScript loader.

require("node:module").enableCompileCache?.();
require("tsx/cjs");
require("./threadWork.ts");
