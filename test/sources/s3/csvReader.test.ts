import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { createCsvReader, type Field } from "../../../sources/s3/csvReader";

/** The rows of a text that comes in pieces of so many characters, and the lines that they end on. */
function read(text: string, { delimiter = ",", piece = text.length || 1 } = {}): { rows: Field[][]; lines: number[] } {
    const rows: Field[][] = [];
    const lines: number[] = [];
    const reader = createCsvReader(delimiter, (fields, line) => {
        rows.push([...fields]);
        lines.push(line);
    });
    for (let at = 0; at < text.length; at += piece) reader.push(text.slice(at, at + piece));
    reader.end();
    return { rows, lines };
}

describe("sources/s3/csvReader", () => {
    const awkward = 'a,"b ""c"" d",\r\n\r\n"","x\r\ny,\n",é🛒\n,,\nlast,"",z';
    const fields = [
        ["a", 'b "c" d', null],
        ["", "x\r\ny,\n", "é🛒"],
        [null, null, null],
        ["last", "", "z"],
    ];

    it("keeps nothing, empty text, quotes and line ends apart, wherever the text is cut", () => {
        for (let piece = 1; piece <= awkward.length; piece += 1)
            assert.deepEqual(read(awkward, { piece }).rows, fields);
    });

    it("tells the line that a row ends on, also behind quoted line ends and empty lines", () => {
        for (const piece of [1, 2, 5, 100]) assert.deepEqual(read(awkward, { piece }).lines, [1, 5, 6, 7]);
    });

    it("reads what csv-parse reads", () => {
        const values = ["", "a", "1.50", 'say ""no""', "a;b", "a,b", "two\nlines", " spaced ", "'", "\t", "ünï"];
        const lines = values.flatMap((left) =>
            values.map((right) => `"${left}","${right}",${left.replace(/["\n,]/g, "")}`),
        );
        for (const end of ["\n", "\r\n", "\r"]) {
            const text = lines.join(end);
            const found = read(text, { piece: 7 }).rows.map((row) => row.map((field) => field ?? ""));
            assert.deepEqual(found, parse(text));
        }
    });

    it("reads other delimiters, also one that is a blank", () => {
        for (const delimiter of [";", "\t", "|", " ", "\u00a7"])
            assert.deepEqual(read(`a${delimiter}"b${delimiter}"\n`, { delimiter, piece: 2 }).rows, [
                ["a", `b${delimiter}`],
            ]);
    });

    it("takes a carriage return within a line for a character where lines end with line feeds", () => {
        assert.deepEqual(read("a,b\nc\rd,e\r\n", { piece: 3 }).rows, [
            ["a", "b"],
            ["c\rd", "e"],
        ]);
    });

    it("gives nothing for nothing", () => {
        for (const text of ["", "\n", "\r\n\n"]) assert.deepEqual(read(text).rows, []);
    });

    it("refuses quotes that are none, and names the line", () => {
        for (const [text, message] of [
            ['a,b\n"c,d\n', /Quote that is opened on line 2 is never closed/],
            ['a,b\n"c"d,e\n', /Quote on line 2 is closed before the end of field 1/],
            ['a,b\nc,d"e\n', /Quote on line 2 is opened within field 2/],
        ] as const)
            for (const piece of [1, 4, 100]) assert.throws(() => read(text, { piece }), { message });
    });

    it("does not wait for the end of a row without end, whether it stands in a quote or not", () => {
        const message =
            "Row that begins on line 2 does not end within 4194304 characters: a quote that is never closed, or an object that is no CSV";
        for (const quote of ['"', ""])
            assert.throws(() => read(`a\n${quote}${"b".repeat(5_000_000)}`, { piece: 1_048_576 }), { message });
    });
});
