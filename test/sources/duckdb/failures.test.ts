import assert from "node:assert/strict";
import { sortFailure } from "../../../sources/duckdb/failures";

describe("sources/duckdb/failures", () => {
    const about = { source: "files", detector: "sales", doing: "reading the rows" };
    const failures: readonly (readonly [string, Error, string, RegExp])[] = [
        [
            "a store of objects that is throttled",
            Object.assign(new Error("Please reduce your request rate."), { $metadata: { httpStatusCode: 503 } }),
            "SourceBusyError",
            /reduce your request rate/,
        ],
        [
            "a connection to it that breaks",
            Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
            "SourceBusyError",
            /ECONNRESET/,
        ],
        [
            "a database file that somebody writes",
            new Error("IO Error: Could not set lock on file"),
            "SourceBusyError",
            /open for writing/,
        ],
        [
            "files that do not fit",
            Object.assign(new Error("write ENOSPC: no space left on device"), { code: "ENOSPC" }),
            "QueryError",
            /512 MB/,
        ],
        [
            "files that may not be read",
            Object.assign(new Error("Access Denied"), { name: "AccessDenied", $metadata: { httpStatusCode: 403 } }),
            "QueryError",
            /Access Denied\. Let the function's role list the bucket and read the objects/,
        ],
        [
            "an object that is gone since it was listed",
            Object.assign(new Error("the object is gone"), { name: "NoSuchKey", object: "s3://lake/a.csv" }),
            "SourceBusyError",
            /reading the rows \(s3:\/\/lake\/a\.csv\) failed: the object is gone\..* lists anew/,
        ],
        [
            "files that are not there",
            new Error('IO Error: No files found that match "x.csv"'),
            "NotFoundError",
            /lookout:sources\.files/,
        ],
        [
            "a mistake in the query",
            new Error("Parser Error: syntax error at or near"),
            "QueryError",
            /lookout:detectors\.sales\.query/,
        ],
    ];
    for (const [what, error, name, message] of failures) {
        it(`makes ${name} of ${what}`, () => {
            const found = sortFailure(error, about);
            assert.equal(found.name, name);
            assert.match(found.message, message);
        });
    }

    it("shows neither DuckDB's picture of the statement nor its hints", () => {
        const error = new Error(
            'Catalog Error: Table "t" does not exist!\n\nLINE 1: select * from t\n                      ^',
        );
        assert.doesNotMatch(sortFailure(error, about).message, /LINE|\^/);
    });
});
