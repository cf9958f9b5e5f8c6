import { projectFile } from "./rawConfig";

/** The blocks of code of one language on a page of the documentation, in their order; indented ones too, without the indent. */
export function pageBlocks(page: string, language: string): string[] {
    const block = new RegExp(`^([ ]*)\`\`\`${language}\\n(.*?)^[ ]*\`\`\``, "gms");
    return [...projectFile(page).matchAll(block)].map(([, indent = "", text = ""]) =>
        text.replace(new RegExp(`^${indent}`, "gm"), ""),
    );
}
