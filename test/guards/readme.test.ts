import assert from "node:assert/strict";
import type { Command } from "commander";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { z } from "zod";
import { detectionSchema, detectorSchema, operationsSchema } from "../../config/schema";
import { deployHalves, unbuiltHalves } from "../../sources/deploy";
import { projectFolder } from "../support/sources";

const readme = readFileSync(path.join(projectFolder, "README.md"), "utf8");

/** The kinds of sources that the project brings, in the order of their names. */
const shipped = ["athena", "duckdb", "mysql", "postgres", "redshift", "s3", "snowflake"];

/** Part of the README under a heading, up to the next of its kind. */
function section(heading: string): string {
    const [, text] = new RegExp(`^## ${heading}\\n([^]*?)(?=^## |(?![^]))`, "m").exec(readme) ?? [];
    assert.ok(text !== undefined, `the README has no section "${heading}"`);
    return text;
}

/** Pages for people, by path from the project's folder. */
const pages = [
    "README.md",
    ...["docs", "sources", "examples", "bench"].flatMap((folder) =>
        readdirSync(path.join(projectFolder, folder), { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".md"))
            .map((file) => `${folder}/${file.replaceAll(path.sep, "/")}`),
    ),
];

/** Paths that a page links to, from the project's folder, each with the place in it that is meant. */
function linksOf(page: string): { readonly file: string; readonly place?: string }[] {
    const text = readFileSync(path.join(projectFolder, page), "utf8").replace(/^```[^]*?^```/gm, "");
    return [...text.matchAll(/\]\((?!\w+:)([^)\s]*)\)/g)].map(([, target = ""]) => {
        const [file = "", place] = target.split("#");
        const found = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
        return { file: found, ...(place === undefined ? {} : { place }) };
    });
}

/** Headings of a page as places in links. */
const placesOf = (page: string): string[] =>
    [...readFileSync(path.join(projectFolder, page), "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
        heading
            .toLowerCase()
            .replace(/[^\p{L}\p{N} _-]/gu, "")
            .replaceAll(" ", "-"),
    );

describe("README.md", () => {
    it("lists every command, and no other", () => {
        const load = createRequire(__filename);
        const { buildProgram } = load("../../local/cli/program.js") as { buildProgram: () => Command };
        const commands = buildProgram().commands.map((command) => command.name());
        const listed = [...readme.matchAll(/^\| (`lookout [^|]*) \|/gm)].flatMap(([, cell = ""]) =>
            [...cell.matchAll(/`lookout ([\w-]+)`/g)].map(([, name]) => name),
        );
        assert.deepEqual(listed.sort(), commands.sort());
    });

    it("lists the kinds of sources with their pages, and those that are not built", () => {
        const text = section("Sources");
        const listed = [...text.matchAll(/^\| \[`(\w+)`\]\(sources\/(\w+)\/README\.md\) \|/gm)];
        // A source of somebody's own comes in by its folder and two lines, and need not stand here.
        assert.deepEqual(listed.map(([, type]) => type).sort(), shipped);
        for (const [, type, folder] of listed) assert.ok(type === folder && Object.hasOwn(deployHalves, type!), type);
        for (const type of Object.keys(unbuiltHalves))
            assert.ok(text.includes(`[${type}](sources/${type}/README.md)`), type);
    });

    it("lists every configuration key", () => {
        const text = section("Configuration");
        const has = (key: string): void => assert.ok(text.includes(`\`${key}\``), key);
        Object.keys(detectorSchema.shape)
            .filter((key) => key !== "source")
            .forEach((key) => has(`….${key}`));
        Object.keys(detectionSchema.shape).forEach((key) => has(`detection.${key}`));
        Object.keys(operationsSchema.shape).forEach((key) => has(`operations.${key}`));
        ["storage", "tags", "keepData"].forEach(has);
    });

    it("leads to every page of docs/, itself or by another page", () => {
        const linked = new Set(pages.flatMap((page) => linksOf(page).map(({ file }) => file)));
        const lost = pages.filter((page) => page.startsWith("docs/") && !linked.has(page));
        assert.deepEqual(lost, []);
    });
});

describe("the pages", () => {
    it("link to files that are there, and to headings that they have", () => {
        const broken = pages.flatMap((page) =>
            linksOf(page)
                .filter(({ file, place }) => {
                    if (!existsSync(path.join(projectFolder, file))) return true;
                    return place !== undefined && file.endsWith(".md") && !placesOf(file).includes(place);
                })
                .map(({ file, place }) => `${page}: ${file}${place === undefined ? "" : `#${place}`}`),
        );
        assert.deepEqual(broken, []);
    });

    it("of the sources name every key of their configuration", () => {
        for (const [type, { schema }] of Object.entries({ ...deployHalves, ...unbuiltHalves })) {
            if (!(schema instanceof z.ZodObject)) continue;
            const text = readFileSync(path.join(projectFolder, "sources", type, "README.md"), "utf8");
            const unnamed = Object.keys(schema.shape).filter((key) => !new RegExp(`\\b${key}\\b`).test(text));
            assert.deepEqual(unnamed, [], type);
        }
    });
});
