import assert from "node:assert/strict";
import { fileOfKey, folderSegment, keySegment } from "../../objects/keyFiles";

describe("objects/keyFiles", () => {
    it("keeps usual keys legible", () => {
        assert.equal(
            fileOfKey("/store", "ecommerce/ledger/ab12/2026-01/20260101T000000Z.json"),
            "/store/ecommerce/ledger/ab12/2026-01/20260101T000000Z.json",
        );
    });

    it("never leaves the root, whatever the key", () => {
        for (const key of ["../../etc/passwd", "/etc/passwd", "a/../../b", "..", "."]) {
            assert.match(fileOfKey("/store", key), /^\/store\/(?!\.)/, key);
        }
    });

    it("gives a key that is another key's folder a file of its own", () => {
        assert.notEqual(fileOfKey("/store", "a"), `/store/${folderSegment("a")}`);
        assert.notEqual(fileOfKey("/store", "a.b"), `/store/${folderSegment("a.b")}`);
    });

    it("gives different keys different files, and each part back", () => {
        const keys = ["a", "a%.", "a%2E", "a/", "a//b", "a/%/b", ".a", "a b", "ä.csv", "a:b*?\"<>|'", "~", "A"];
        const files = keys.map((key) => fileOfKey("/store", key));
        assert.equal(new Set(files).size, keys.length);
        for (const segment of ["a", "", ".", "..", "v1.2", "ä 🎈", "%", "100%", "a%2Eb", "(x)"]) {
            assert.equal(keySegment(folderSegment(segment)), segment);
            assert.equal(keySegment(fileOfKey("", segment)), segment);
        }
    });
});
