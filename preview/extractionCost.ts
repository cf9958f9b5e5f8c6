import type { Assumptions } from "./assumptions";
import { queryPrices } from "./prices";

/** What one live window's query costs at the database, and why. */
export interface QueryCost {
    readonly dollars: number;
    /** Continues "extraction: …". */
    readonly basis: string;
    /** Whether the extractor holds the connection while rows stream through it. */
    readonly streams: boolean;
}

/** What of a source's configuration decides its price. */
export interface PricedSource {
    readonly type: string;
    /** Memory of its extractor function, MB. */
    readonly extractorMegabytes: number;
    /** A serverless workgroup, for redshift. */
    readonly workgroup?: string;
}

/** Base capacity that is assumed of a workgroup: a small one, the least that every region has. */
const assumedRpus = 8;
/** Credits that an hour of the smallest warehouse takes. */
const creditsPerHour = 1;

const nothing = (who: string, streams: boolean): QueryCost => ({
    dollars: 0,
    basis: `nothing beside ${who}, which costs the same without it`,
    streams,
});

/** The price of one query by the type of its source. A type that is not listed is one that nobody is known to charge for by use. */
export function queryCost(source: Pick<PricedSource, "type" | "workgroup">, { querySeconds }: Assumptions): QueryCost {
    switch (source.type) {
        case "redshift":
            return source.workgroup === undefined ? nothing("the cluster", false) : serverlessQuery(querySeconds);
        case "athena":
            return {
                dollars: (queryPrices.leastScannedBytes / 1e12) * queryPrices.perTerabyteScanned,
                basis: `$${queryPrices.perTerabyteScanned} per TB scanned, for the least of 10 MB a query: partition the table by time`,
                streams: false,
            };
        case "snowflake":
            return {
                dollars:
                    (seconds(querySeconds, queryPrices.leastWarehouseSeconds) / 3600) *
                    creditsPerHour *
                    queryPrices.perCredit,
                basis: `$${queryPrices.perCredit} a credit, for a minute of an X-Small warehouse that resumes for each query`,
                streams: false,
            };
        case "s3":
        case "duckdb":
            return { dollars: 0, basis: "nothing beside the reads of the objects", streams: true };
        default:
            return nothing("the server", true);
    }
}

function serverlessQuery(querySeconds: number): QueryCost {
    const hours = seconds(querySeconds, queryPrices.leastRpuSeconds) / 3600;
    return {
        dollars: hours * assumedRpus * queryPrices.perRpuHour,
        basis: `$${queryPrices.perRpuHour} per RPU-hour, for a minute of ${assumedRpus} RPUs a query; less where queries share a minute`,
        streams: false,
    };
}

const seconds = (query: number, least: number): number => Math.max(query, least);
