import { writeFileSync } from "node:fs";
import path from "node:path";
import { openApiText } from "./openApiText";

/** Writes docs/openapi.json anew: `npm run docs`. */
writeFileSync(path.join(__dirname, "..", "..", "docs", "openapi.json"), openApiText());
