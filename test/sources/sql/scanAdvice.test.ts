import assert from "node:assert/strict";
import { adviseOn as adviseOnLake } from "../../../sources/athena/advice";
import { s3Schema } from "../../../sources/s3/config";
import { adviseOn as adviseOnObjects } from "../../../sources/s3/advice";
import { specOf } from "../../support/specs";

const bounded = "select ts, platform, views from events where ts >= {{start}} and ts < {{end}}";

describe("sources: advice on what costs more than it has to", () => {
    it("warns of a query that names no window where bytes are paid, as often as windows come", () => {
        const [hourly, ...rest] = adviseOnLake(specOf());
        assert.deepEqual(rest, []);
        assert.equal(hourly?.key, "query");
        assert.match(
            hourly.finding,
            /paid by the bytes that a query reads, and each window, 24 a day, may read the whole/,
        );
        assert.match(hourly.fix ?? "", /where dt between date_format\(\{\{start\}\}/);
        assert.match(adviseOnLake(specOf({ interval: "P1D" }))[0]?.finding ?? "", /each window, one a day, may/);
    });

    it("says nothing of a query that bounds itself, and is not deceived by marks in a comment", () => {
        assert.deepEqual(adviseOnLake(specOf({ query: bounded })), []);
        const commented = "select ts, platform, views from events -- {{start}} {{end}}";
        assert.equal(adviseOnLake(specOf({ query: commented })).length, 1);
    });

    it("warns of objects of text whose path says no time, which are all read for each window", () => {
        const config = s3Schema.parse({
            type: "s3",
            tables: {
                events: { path: "s3://lake/events/", format: "CSV" },
                dated: { path: "s3://lake/dated/{{yyyyMMdd}}/", format: "CSV" },
                columns: { path: "s3://lake/columns/", format: "PARQUET" },
            },
        });
        const keysFor = (table: string) =>
            adviseOnObjects(specOf({ query: `select * from ${table}` }), config).map(({ key }) => key);
        assert.deepEqual(keysFor("events"), ["lookout:sources.warehouse.tables.events.path"]);
        // A table or a query that is wrong is told by describing it.
        for (const table of ["dated", "columns", "unknown", "events where n > 1"]) assert.deepEqual(keysFor(table), []);
    });
});
