import assert from "node:assert/strict";
import { findNameProblem } from "../../../local/newSource/names";

const known = {
    built: ["mysql"],
    unbuilt: ["bigquery"],
    taken: ["mysql", "bigquery", "sql", "deploy", "metricSource"],
};

describe("local/newSource/names", () => {
    it("takes what can name a folder, a type and a constant", () => {
        for (const name of ["cockroach", "db2", "openSearch"]) assert.equal(findNameProblem(name, known), undefined);
    });

    it("takes a type that is known and not built", () => {
        assert.equal(findNameProblem("bigquery", known), undefined);
    });

    it("refuses what is no identifier, and says what would be one", () => {
        for (const name of ["", "Cockroach", "my-db", "2db", "../x", "a b", "x".repeat(31), "café"]) {
            assert.match(findNameProblem(name, known) ?? "", /is not a name for a source; expected up to 30 letters/);
        }
    });

    it("refuses a word of the language", () => {
        assert.match(findNameProblem("class", known) ?? "", /a word of JavaScript's own/);
    });

    it("refuses a source that there is, and points at its page", () => {
        assert.match(
            findNameProblem("mysql", known) ?? "",
            /there is a source mysql already; see sources\/mysql\/README\.md/,
        );
    });

    it("refuses a name that a file or a shared folder has, however it is spelled", () => {
        for (const name of ["sql", "deploy", "metricsource", "mySql"]) {
            assert.match(findNameProblem(name, known) ?? "", /is there already; choose another name/);
        }
    });
});
