import assert from "node:assert/strict";
import {
    paginateListAnomalyDetectors,
    paginateListMetricSets,
    type MetricSetSummary,
} from "@aws-sdk/client-lookoutmetrics";
import type { DetectorRecord } from "../../../detection/store/records";
import { startDetectionServer, type DetectionServer } from "../../support/detectionServer";
import { memoryObjectStore } from "../../support/memoryObjectStore";

const members = { createdAt: 0, changedAt: 0, tags: {}, interval: "PT1H" } as const;
const detector = (name: string): DetectorRecord => ({
    ...members,
    version: 1,
    name,
    status: "INACTIVE",
    metricSet: {
        ...members,
        name: `set-of-${name}`,
        measures: [],
        dimensions: [],
        offsetSeconds: 0,
        timeZone: "UTC",
        source: {},
    },
});

describe("detection/api, listings page by page", () => {
    let server: DetectionServer;

    before(async () => {
        server = await startDetectionServer(memoryObjectStore(), 0);
        // "a-b.json" sorts before "a.json", but "a" before "a-b".
        for (const name of ["a-b", "b", "a"]) await server.services.detectors.create(detector(name));
    });

    after(() => server.close());

    it("gives every metric set once, by name of the detector", async () => {
        const found: MetricSetSummary[] = [];
        for await (const page of paginateListMetricSets({ client: server.api, pageSize: 1 }, {}))
            found.push(...(page.MetricSetSummaryList ?? []));
        assert.deepEqual(
            found.map(({ MetricSetName }) => MetricSetName),
            ["set-of-a", "set-of-a-b", "set-of-b"],
        );
    });

    it("gives every detector once, those created together by name", async () => {
        const found: (string | undefined)[] = [];
        for await (const page of paginateListAnomalyDetectors({ client: server.api, pageSize: 1 }, {}))
            found.push(
                ...(page.AnomalyDetectorSummaryList ?? []).map(({ AnomalyDetectorName }) => AnomalyDetectorName),
            );
        assert.deepEqual(found, ["a", "a-b", "b"]);
    });
});
