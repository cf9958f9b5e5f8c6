import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { createCsvScanner, type CsvDialect } from "../../../detection/worker/csvScanner";
import { fieldText } from "../../../detection/worker/fields";
import { openRandom, type Random } from "../../../local/demo/random";

type Found = { rows: [number, string[]][]; broken: [number, string][] };

/** Rows and broken lines of a text that comes in pieces, with their line numbers. */
function scan(text: string, pieces: readonly number[] = [], dialect: Partial<CsvDialect> = {}): Found {
    const found: Found = { rows: [], broken: [] };
    const scanner = createCsvScanner(
        { delimiter: ",", quote: '"', ...dialect },
        {
            row: (fields, line) => {
                const texts = Array.from({ length: fields.count }, (_, at) => fieldText(fields, at));
                found.rows.push([line, texts]);
            },
            broken: (line, number) => found.broken.push([number, line]),
        },
    );
    let at = 0;
    for (const size of pieces) {
        scanner.push(text.slice(at, at + size));
        at += size;
    }
    scanner.push(text.slice(at));
    scanner.end();
    return found;
}

const rowsOf = (text: string, dialect: Partial<CsvDialect> = {}): string[][] =>
    scan(text, [], dialect).rows.map(([, fields]) => fields);

describe("detection/worker/csvScanner", () => {
    it("takes any line end, and passes over empty lines", () => {
        assert.deepEqual(rowsOf("a,b\nc,d\r\n\r\ne,f\rg,h"), [
            ["a", "b"],
            ["c", "d"],
            ["e", "f"],
            ["g", "h"],
        ]);
        assert.deepEqual(rowsOf(""), []);
        assert.deepEqual(rowsOf("\n\r\n"), []);
    });

    it("keeps empty fields, also at the end of a row", () => {
        assert.deepEqual(rowsOf(',,\n"",x,\n'), [
            ["", "", ""],
            ["", "x", ""],
        ]);
    });

    it("takes other delimiters and quotes, and no quote at all", () => {
        assert.deepEqual(rowsOf("a\t'b\tc'\n", { delimiter: "\t", quote: "'" }), [["a", "b\tc"]]);
        assert.deepEqual(rowsOf('a|"b|c"\n', { delimiter: "|", quote: "" }), [["a", '"b', 'c"']]);
        assert.deepEqual(rowsOf("a b\n", { delimiter: " " }), [["a", "b"]]);
        assert.deepEqual(rowsOf("a¦b\n", { delimiter: "¦" }), [["a", "b"]]);
    });

    it("takes a quote within a field for itself", () => {
        assert.deepEqual(rowsOf('5" screen,a"b\n'), [['5" screen', 'a"b']]);
    });

    it("counts the lines inside quotes", () => {
        assert.deepEqual(scan('a,"b\nc"\nd,e\n').rows, [
            [1, ["a", "b\nc"]],
            [3, ["d", "e"]],
        ]);
    });

    it("goes on with the next line after one that is no row", () => {
        assert.deepEqual(scan('a,b\n"c"d,e\nf,g\n'), {
            rows: [
                [1, ["a", "b"]],
                [3, ["f", "g"]],
            ],
            broken: [[2, '"c"d,e']],
        });
        const pieces = Array.from({ length: 20 }, () => 1);
        assert.deepEqual(scan('a,b\n"c"d,e\nf,g\n', pieces), scan('a,b\n"c"d,e\nf,g\n'));
    });

    it("loses one line to a quote that is never closed, at the end of a file and far before it", () => {
        assert.deepEqual(scan('a,"b\nc,d\n').broken, [[1, 'a,"b']]);
        assert.deepEqual(scan('a,"b\nc,d\n').rows, [[2, ["c", "d"]]]);
        const many = "c,d\n".repeat(600_000);
        const { rows, broken } = scan(
            `a,"b\n${many}`,
            Array.from({ length: 40 }, () => 65_536),
        );
        assert.equal(broken.length, 1);
        assert.equal(rows.length, 600_000);
    });

    it("reads what a well-kept parser reads, wherever the text is cut", () => {
        for (let seed = 1; seed <= 300; seed++) {
            const random = openRandom(seed);
            const text = randomCsv(random);
            const pieces = Array.from({ length: random.integer(0, 9) }, () => random.integer(0, 9));
            const expected = parse(text, { relax_column_count: true, skip_empty_lines: true });
            const { rows, broken } = scan(text, pieces);
            assert.deepEqual(
                rows.map(([, fields]) => fields),
                expected,
                JSON.stringify({ seed, text, pieces }),
            );
            assert.deepEqual(broken, []);
        }
    });
});

/** Well-formed CSV with everything that is allowed in it; one kind of line end, as the other parser wants it. */
function randomCsv(random: Random): string {
    const end = random.pick(["\n", "\r\n"]);
    const field = (): string => {
        const text = Array.from({ length: random.integer(0, 6) }, () => random.pick(["a", "é", "🎈", " ", "1"])).join(
            "",
        );
        const quoted = Array.from({ length: random.integer(0, 6) }, () =>
            random.pick(["a", '""', ",", end, "é", "🎈", " "]),
        );
        return random.integer(0, 2) === 0 ? `"${quoted.join("")}"` : text;
    };
    const row = (): string => Array.from({ length: random.integer(2, 4) }, field).join(",");
    const rows = Array.from({ length: random.integer(1, 8) }, row);
    return rows.join(end) + random.pick(["", end, end + end]);
}
