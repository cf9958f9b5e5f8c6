import assert from "node:assert/strict";
import { securityText } from "../../local/docs/rolesText";
import { projectFile } from "../support/rawConfig";

describe("docs/security.md", () => {
    it("tells what each role may do as the program says it", async () => {
        const kept = projectFile("docs/security.md");
        assert.ok(kept === (await securityText()), "docs/security.md is out of date; run `npm run docs`");
    });
});
