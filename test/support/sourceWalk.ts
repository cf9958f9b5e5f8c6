import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ProjectCopy } from "./projectCopy";

/** Does in a copy of the project what docs/adding-a-source.md says, word by word; gives the files that the page shows, with their texts. */
export function followPage(copy: ProjectCopy): ReadonlyMap<string, string> {
    const page = copy.read("docs/adding-a-source.md");
    const [, command = ""] = /^npx lookout (new-source \w+)$/m.exec(page) ?? [];
    const begun = copy.node("bin/lookout.js", ...command.split(" "), "--no-test");
    assert.equal(begun.code, 0, begun.printed);
    const shown = filesOf(page);
    for (const [file, text] of shown) {
        mkdirSync(path.dirname(path.join(copy.folder, file)), { recursive: true });
        writeFileSync(path.join(copy.folder, file), text);
    }
    return shown;
}

/** The files that the page shows whole: a path in backticks with a colon, then a block. */
function filesOf(page: string): ReadonlyMap<string, string> {
    const blocks = page.matchAll(/^`([\w./]+)`:\n\n(`{3,})\w+\n([\s\S]*?)\n\2$/gm);
    return new Map([...blocks].map(([, file = "", , text = ""]) => [file, `${text}\n`]));
}
