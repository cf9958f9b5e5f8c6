import assert from "node:assert/strict";
import { hasOuterLimit, toPostgres } from "../../../../local/cloud/redshift/dialect";
import { literalValue, splitSql } from "../../../../local/cloud/redshift/sqlText";

describe("local/cloud/redshift/dialect", () => {
    it("names the parts of a date as PostgreSQL does, wherever they are the first argument", () => {
        assert.equal(toPostgres("DATEADD(hrs, -1, x)"), "DATEADD('hour', -1, x)");
        assert.equal(toPostgres("datediff ( /* from */ qtr , a, b)"), "datediff ( /* from */ 'quarter' , a, b)");
        assert.equal(toPostgres("dateadd('day', 1, day)"), "dateadd('day', 1, day)");
        assert.equal(toPostgres("coalesce(day, 1)"), "coalesce(day, 1)");
    });

    it("puts the simulated clock in place of the real one", () => {
        assert.equal(toPostgres("SYSDATE, current_date"), "getdate(), (getdate()::date)");
        assert.equal(toPostgres("select now()"), "select getdate()");
        assert.equal(toPostgres('t.sysdate, "current_date"'), 't.sysdate, "current_date"');
    });

    it("renames functions, but not columns of the same name", () => {
        assert.equal(toPostgres("NVL(a, b) + nvl"), "coalesce(a, b) + nvl");
        assert.equal(toPostgres("a is null, isnull(a, 0)"), "a is null, coalesce(a, 0)");
    });

    it("leaves literals and comments alone, whatever they hold", () => {
        for (const text of [
            "'sysdate'",
            "'it''s sysdate'",
            "'back\\' sysdate'",
            "$$ sysdate $$",
            "$x$ $$ sysdate $x$",
            "-- sysdate\n",
            "/* /* sysdate */ sysdate */",
            '"sysdate"',
        ]) {
            assert.equal(toPostgres(`${text} sysdate`), `${text} getdate()`);
        }
    });

    it("finds a LIMIT of the outermost SELECT only", () => {
        assert.equal(hasOuterLimit("select 1 LIMIT 5"), true);
        assert.equal(hasOuterLimit("(select 1) union (select 2) limit 1"), true);
        assert.equal(hasOuterLimit("select * from (select 1 limit 5) q"), false);
        assert.equal(hasOuterLimit("select 'limit', \"limit\" -- limit"), false);
    });
});

describe("local/cloud/redshift/sqlText", () => {
    it("splits any text into pieces that give it back", () => {
        for (const sql of ["select 'open", "a$b $1 :: /* open", '\'a\\\'\' "b""c" é_1 1.5e3', "$tag$ open", ""]) {
            assert.equal(
                splitSql(sql)
                    .map(({ text }) => text)
                    .join(""),
                sql,
            );
        }
    });

    it("undoes what a literal doubles and escapes", () => {
        assert.equal(literalValue("'it''s'"), "it's");
        assert.equal(literalValue("'a\\\\b\\'c\\nd'"), "a\\b'c\nd");
        assert.equal(literalValue("$$it's \\ raw$$"), "it's \\ raw");
        assert.equal(literalValue("$x$a$x$"), "a");
    });
});
