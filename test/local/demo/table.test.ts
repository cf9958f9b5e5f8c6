import assert from "node:assert/strict";
import colors from "picocolors";
import { formatChange, formatSpan, groupTable } from "../../../local/demo/table";
import { group, hourOfApril } from "../../support/foundGroups";

const plain = colors.createColors(false);

describe("local/demo/table", () => {
    it("shows time, measure and severity of a group, and its cause with share, expected, actual and change", () => {
        const cells = groupTable([group()], plain).split("\n").at(-2)!.split("│");
        assert.deepEqual(
            cells.slice(1, -1).map((cell) => cell.trim()),
            ["2026-04-01 03:00 – 05:00", "views", "92", "mobile_app, us", "100 %", "400", "1,000", "+150 %"],
        );
    });

    it("lists the oldest group first", () => {
        const late = group({ start: hourOfApril(9), end: hourOfApril(10) });
        const text = groupTable([late, group()], plain);
        assert.ok(text.indexOf("03:00") < text.indexOf("09:00"));
    });

    it("names the second date of a span that crosses midnight", () => {
        assert.equal(formatSpan(hourOfApril(22), hourOfApril(25)), "2026-04-01 22:00 – 04-02 01:00");
    });

    it("writes a fall with a minus sign, and a dash where nothing was expected", () => {
        assert.equal(formatChange(200, 50), "−75 %");
        assert.equal(formatChange(0, 50), "–");
        assert.equal(formatChange(200, 200), "0 %");
    });
});
