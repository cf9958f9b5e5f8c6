import assert from "node:assert/strict";
import { decodeKey, encodeKey } from "../../../../local/cloud/s3/keyEncoding";

describe("local/cloud/s3/keyEncoding", () => {
    const keys = [
        ...[
            "shop/cache/0123.json",
            "a",
            "a/b",
            "a.b",
            "a.b/c",
            "a/",
            "/a",
            "a//b",
            ".",
            "..",
            "../..",
            "%",
            "a%",
            "%-",
        ],
        ...["é😀", "x".repeat(900), `${"é".repeat(400)}.csv`, "con:aux|*?", "nul\0l", "line\nbreak"],
    ];

    it("keeps ordinary keys as they are", () => {
        assert.equal(encodeKey("shop/live/20260401/1300/ab-1/part.csv"), "shop/live/20260401/1300/ab-1/part.csv");
    });

    it("gives every key back", () => {
        assert.deepEqual(
            keys.map((key) => decodeKey(encodeKey(key))),
            keys,
        );
    });

    it("gives no two keys one path, and no file the path of a folder", () => {
        const paths = keys.map(encodeKey);
        const folders = new Set(
            paths.flatMap((path) =>
                path
                    .split("/")
                    .slice(0, -1)
                    .map((_, index, parts) => parts.slice(0, index + 1).join("/")),
            ),
        );
        assert.equal(new Set(paths).size, keys.length);
        assert.deepEqual(
            paths.filter((path) => folders.has(path)),
            [],
        );
    });

    it("never leaves the bucket's folder, nor makes a name too long for a file system", () => {
        for (const name of keys.flatMap((key) => encodeKey(key).split("/"))) {
            assert.ok(name !== "" && name !== "." && name !== ".." && name.length <= 210, name);
        }
    });
});
