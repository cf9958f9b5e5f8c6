/*
 * List prices, in US dollars, of us-east-1: without free tiers, discounts and taxes. Compared in November 2026 with copies of AWS's price pages
 * (Step Functions, CloudWatch, PrivateLink) and with third-party guides of 2024 to 2026 that quote them (Lambda on arm64, S3, Athena, Redshift
 * Serverless, Snowflake); none differed. Other regions cost up to half as much again. Each is changed here and nowhere else.
 */

export const priceBasis = "list prices of us-east-1, last compared in 2026-11, without free tiers";

/** AWS Lambda on arm64, first tier. */
export const lambdaPrices = { perRequest: 0.2 / 1_000_000, perGigabyteSecond: 0.0000133334 } as const;

/** AWS Step Functions, standard workflows. */
export const statePrice = 0.025 / 1000;

/** Amazon S3 Standard. `perWrite` holds for PUT, POST and LIST, `perRead` for GET; deleting costs nothing. */
export const storagePrices = { perWrite: 0.005 / 1000, perRead: 0.0004 / 1000, perGigabyteMonth: 0.023 } as const;

/** Amazon CloudWatch. The first ten alarms, ten metrics and three dashboards of an account are in the free tier. */
export const monitoringPrices = {
    perAlarmMonth: 0.1,
    perMetricMonth: 0.3,
    perDashboardMonth: 3,
    perGigabyteOfLogs: 0.5,
} as const;

/** Endpoints in a VPC, for each availability zone; a secret's bytes cost next to nothing. A gateway to S3 costs nothing. */
export const networkPrices = { perInterfaceHour: 0.01 } as const;

/** What one query costs, where the database asks for money by use. */
export const queryPrices = {
    /** Redshift Serverless; a query is charged for a minute at least. */
    perRpuHour: 0.375,
    leastRpuSeconds: 60,
    /** Amazon Athena; a query is charged for 10 MB at least. */
    perTerabyteScanned: 5,
    leastScannedBytes: 10_000_000,
    /** Snowflake, standard edition on AWS; a warehouse that was suspended is charged for a minute at least. */
    perCredit: 2,
    leastWarehouseSeconds: 60,
} as const;
