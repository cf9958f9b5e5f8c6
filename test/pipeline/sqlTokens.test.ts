import assert from "node:assert/strict";
import { type Backslash, type SqlKind, sqlTokens } from "../../pipeline/sqlTokens";

const kindsOf = (text: string, backslash: Backslash = "plain"): [SqlKind, string][] =>
    sqlTokens(text, backslash)
        .filter(({ kind }) => kind !== "space")
        .map(({ kind, text: token }) => [kind, token]);

describe("pipeline/sqlTokens", () => {
    it("gives the text again when its tokens are joined", () => {
        const text = "select 'a''b', \"c\", $x$d$x$, {{start}}::int /* /* e */ */ -- f\r\n from g where 1.5 <= h$1;";
        assert.equal(
            sqlTokens(text, "plain")
                .map((token) => token.text)
                .join(""),
            text,
        );
    });

    it("tells words, literals, quoted names, comments and placeholders apart", () => {
        assert.deepEqual(kindsOf("select 'a' \"b\" {{end}} -- c"), [
            ["word", "select"],
            ["literal", "'a'"],
            ["identifier", '"b"'],
            ["placeholder", "{{end}}"],
            ["comment", "-- c"],
        ]);
    });

    it("reads a backslash in a plain literal in both ways", () => {
        assert.deepEqual(kindsOf("'a\\' b'", "escape"), [["literal", "'a\\' b'"]]);
        assert.deepEqual(kindsOf("'a\\' b", "plain"), [
            ["literal", "'a\\'"],
            ["word", "b"],
        ]);
    });

    it("reads a backslash in an E literal as an escape in both ways", () => {
        for (const backslash of ["plain", "escape"] as const) {
            assert.deepEqual(kindsOf("e'a\\'b' c", backslash), [
                ["literal", "e'a\\'b'"],
                ["word", "c"],
            ]);
        }
    });

    it("does not take a parameter or a name with a dollar sign for a dollar quote", () => {
        assert.deepEqual(kindsOf("$1 a$b$ c$b$"), [
            ["symbol", "$"],
            ["word", "1"],
            ["word", "a$b$"],
            ["word", "c$b$"],
        ]);
    });

    it("marks only the last token as unterminated, and where it began", () => {
        const tokens = sqlTokens("a 'b", "plain");
        assert.deepEqual(
            tokens.map(({ at, unterminated }) => [at, unterminated]),
            [
                [0, false],
                [1, false],
                [2, true],
            ],
        );
    });
});
