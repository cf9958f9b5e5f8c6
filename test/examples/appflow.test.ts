import { AthenaClient } from "@aws-sdk/client-athena";
import { S3Client } from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { parseConfig } from "../../config/parse";
import { extractionSpec } from "../../config/extractionSpec";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import { collect } from "../../pipeline/collect";
import { open } from "../../sources/athena/extractor";
import { projectFile, rawConfigOf } from "../support/rawConfig";
import { openWiredCloud } from "../support/wiredCloud";

const config = parseConfig(rawConfigOf(projectFile("examples/appflow/Pulumi.appflow.yaml")), projectFile);
const ddl = projectFile("examples/appflow/table.sql");
const start = Date.parse("2026-03-31T23:00:00Z");

/** The table as it is declared, partition and all, in the engine's words. */
function tableSql(): string {
    const [, name = "", columns = "", partitions = ""] =
        /create external table ([\w.]+) \(([^)]*)\)\s*partitioned by \(([^)]*)\)/.exec(ddl) ?? [];
    return `create schema salesforce; create table ${name} (${`${columns},${partitions}`.replaceAll(" string", " text")});`;
}

describe("examples/appflow", () => {
    it("counts each record once, by its newest version, in the hour in which it was created, and the folders of its days", async () => {
        const { detectors, sources } = config;
        const source = sources.saas;
        assert.ok(source?.type === "athena");
        const cloud = await openWiredCloud(start + 3_600_000);
        try {
            await cloud.wire.buckets.create("metrics");
            cloud.wire.athena.setWorkgroup({ name: source.workgroup });
            await cloud.wire.athena.lake.exec(`${tableSql()}
                insert into salesforce.opportunity (id, createddate, lastmodifieddate, region__c, leadsource, amount, day) values
                ('1', '2026-03-31T23:15:00.000Z', '2026-03-31T23:15:00.000Z', 'EMEA', 'Web', '100.10', '2026/03/31'),
                ('1', '2026-03-31T23:15:00.000Z', '2026-04-01T08:00:00.000Z', 'EMEA', 'Web', '120.20', '2026/04/01'),
                ('2', '2026-03-31T23:59:59.000Z', '2026-03-31T23:59:59.000Z', null, '', null, '2026/04/01'),
                ('3', '2026-04-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z', 'EMEA', 'Web', '1', '2026/04/01'),
                ('4', '2026-03-31T23:15:00.000Z', '2026-03-31T23:15:00.000Z', 'AMER', 'Web', '1', '2026/03/01')`);
            const s3 = new S3Client({ ...cloud.client, forcePathStyle: true });
            const tools = { athena: new AthenaClient(cloud.client), s3, now: Date.now, sleep: () => cloud.settle() };
            const extractor = open({ name: "saas", config: source, region: cloud.client.region }, tools);
            const ticket = await extractor.start({
                detector: "opportunities",
                spec: extractionSpec(detectors.opportunities!, source),
                window: { start, end: start + 3_600_000 },
                kind: "live",
                bucket: "metrics",
                prefix: "opportunities/live/x/",
                token: "t".repeat(64),
            });
            await cloud.settle();
            await extractor.status(ticket);
            const store = openS3ObjectStore(s3, "metrics");
            const [{ key } = { key: "" }] = await collect(store.list("opportunities/live/x/"));
            const lines = (await store.get(key))?.body.toString().trimEnd().split("\n") ?? [];
            assert.deepEqual(lines.sort(), [
                '"2026-03-31 23:15:00","EMEA","Web","1","120.20"',
                '"2026-03-31 23:59:59","(none)","","1",',
                '"created_at","region","lead_source","opportunities","amount"',
            ]);
        } finally {
            await cloud.close();
        }
    });

    it("lets the extractor read where the table's files lie", () => {
        const [, location = ""] = /\nlocation '([^']+)'/.exec(ddl) ?? [];
        const source = config.sources.saas;
        assert.ok(source?.type === "athena");
        assert.ok(
            source.dataLocations.some((folder) => location.startsWith(folder)),
            location,
        );
        assert.match(ddl, new RegExp(`create external table ${source.database}\\.`));
    });
});
