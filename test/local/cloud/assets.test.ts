import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { archiveFolder, plainInputs, type StoredArchive } from "../../../local/cloud/assets";

const mark = "4dabf18193072939515e22adb298388d";
const asset = (content: object): object => ({ [mark]: "c44067f5952c0a294b673a41bacd8c17", ...content });
const archive = (content: object): object => ({ [mark]: "0def7320c3a5731c473e5ecbe6d01bc7", ...content });
const secret = (value: unknown): object => ({ [mark]: "1b47061264138c4ac30d75fd1eb44270", value });

describe("local/cloud/assets", () => {
    let folder: string;
    let base: string;
    const store = (code: object): StoredArchive => plainInputs({ code }, folder, base).code as StoredArchive;
    const read = (stored: StoredArchive, file: string): string =>
        readFileSync(join(archiveFolder(folder, stored), file), "utf8");

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "lookout-assets-"));
        base = join(folder, "program");
        mkdirSync(join(base, "lib", "deep"), { recursive: true });
        writeFileSync(join(base, "lib", "a.js"), "a");
        writeFileSync(join(base, "lib", "deep", "b.js"), "b");
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("stores an archive of texts, files and folders", () => {
        const stored = store(
            archive({
                assets: {
                    "index.js": asset({ text: "main" }),
                    "copy.js": asset({ path: "lib/a.js" }),
                    lib: archive({ path: "lib" }),
                },
            }),
        );
        assert.deepEqual(
            ["index.js", "copy.js", "lib/a.js", "lib/deep/b.js"].map((file) => read(stored, file)),
            ["main", "a", "a", "b"],
        );
    });

    it("knows equal archives by their hash, and tells others apart", () => {
        const one = store(archive({ assets: { "index.js": asset({ text: "1" }) } }));
        assert.deepEqual(store(archive({ assets: { "index.js": asset({ text: "1" }) } })), one);
        assert.notDeepEqual(store(archive({ assets: { "index.js": asset({ text: "2" }) } })), one);
        assert.notDeepEqual(store(archive({ assets: { "main.js": asset({ text: "1" }) } })), one);
    });

    it("takes secrets for what they hold, at any depth", () => {
        const inputs = { environment: { variables: { TOKEN: secret("t") } }, list: [secret({ a: secret(1) })] };
        assert.deepEqual(plainInputs(inputs, folder, base), {
            environment: { variables: { TOKEN: "t" } },
            list: [{ a: 1 }],
        });
    });

    it("refuses zip files and addresses", () => {
        assert.throws(() => store(archive({ path: "code.zip" })), /reads archives of assets and folders/);
        assert.throws(
            () => plainInputs({ file: asset({ uri: "https://example.com" }) }, folder, base),
            /not from addresses/,
        );
    });
});
