import assert from "node:assert/strict";
import { ConfigError } from "../../../errors";
import { findTimestampFormat, timestampExpression } from "../../../sources/redshift/timestamp";

describe("sources/redshift/timestamp", () => {
    const iso = ["yyyy-MM-dd", "yyyy-MM-DD", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"];
    for (const format of iso) {
        it(`leaves ${format} to a cast`, () => {
            assert.deepEqual(findTimestampFormat(format), { kind: "iso" });
        });
    }

    const patterns = {
        "yyyy-MM-dd hh:mm:ss a": "YYYY-MM-DD HH12:MI:SS AM",
        "dd.MM.yyyy HH:mm": "DD.MM.YYYY HH24:MI",
        "yyyyMMdd'T'HHmmss": 'YYYYMMDD"T"HH24MISS',
        "MMM dd, yyyy": "Mon DD, YYYY",
    };
    for (const [format, pattern] of Object.entries(patterns)) {
        it(`translates ${format}`, () => {
            assert.deepEqual(findTimestampFormat(format), { kind: "text", pattern });
        });
    }

    for (const format of ["yyyy-ww", "dd/MM/yyyy VV", "yyyy\\MM", "dd'; drop table x --"]) {
        it(`refuses ${format} and names the part that it cannot translate`, () => {
            assert.throws(
                () => findTimestampFormat(format),
                (error) => error instanceof ConfigError && error.message.includes("which Redshift cannot read"),
            );
        });
    }

    it("lets no zone name end the literal that it stands in", () => {
        assert.throws(() => timestampExpression("q.ts", "yyyy-MM-dd", "UTC' or 1=1 --"), ConfigError);
    });
});
