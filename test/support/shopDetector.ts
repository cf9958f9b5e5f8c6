import type { DetectorRecord } from "../../detection/store/records";
import type { ShopLedger } from "./shopLedger";

/** A detector over a shop's ledger that has just been activated. */
export function activatedShop(ledger: Pick<ShopLedger, "live">): DetectorRecord {
    const at = ledger.live;
    return {
        version: 1,
        name: "shop",
        interval: "PT1H",
        createdAt: at,
        changedAt: at,
        tags: {},
        status: "ACTIVATING",
        run: "r-1",
        basis: "b",
        metricSet: {
            name: "0123456789",
            createdAt: at,
            changedAt: at,
            tags: {},
            measures: [
                { name: "views", aggregation: "SUM" },
                { name: "revenue", aggregation: "SUM" },
            ],
            dimensions: ["platform", "marketplace"],
            timestamp: { column: "timestamp", format: "yyyy-MM-dd HH:mm:ss" },
            interval: "PT1H",
            offsetSeconds: 0,
            timeZone: "UTC",
            source: { S3SourceConfig: { HistoricalDataPathList: ["s3://metrics/shop/backtest/0123456789/"] } },
        },
    };
}
