import { writeFileSync } from "node:fs";
import path from "node:path";
import { openApiText } from "./openApiText";
import { securityText } from "./rolesText";

const docs = path.join(__dirname, "..", "..", "docs");

/** Writes what is generated of the documentation anew, `npm run docs`: docs/openapi.json, and the roles in docs/security.md. */
async function main(): Promise<void> {
    writeFileSync(path.join(docs, "openapi.json"), openApiText());
    writeFileSync(path.join(docs, "security.md"), await securityText());
}

void main();
