import { objectStatements } from "../access";
import type { BucketArns, DeployHalf, Place, Statement } from "../metricSource";
import { adviseOn } from "./advice";
import { type AthenaConfig, athenaSchema, isOwnCatalog } from "./config";
import { selectWindow } from "./sql";

/** Deploy half of the Athena source. Athena reads and writes with the caller's rights, so the extractor's role has them all. */
export const athena: DeployHalf<AthenaConfig> = {
    type: "athena",
    schema: athenaSchema,
    statements: (config, place) => [
        runStatement(config, place),
        catalogStatement(config, place),
        ...dataStatements(config, place),
    ],
    bucketStatements,
    attachment: () => undefined,
    windowSql: selectWindow,
    advise: adviseOn,
    // A thorough check asks thirteen questions one after the other, in four calls of a minute at most.
    needs: () => ({ timeoutSeconds: 300 }),
};

function runStatement({ workgroup, catalog }: AthenaConfig, { partition, region, accountId }: Place): Statement {
    const base = `arn:${partition}:athena:${region}:${accountId}`;
    return {
        sid: "RunQueries",
        actions: [
            "athena:StartQueryExecution",
            "athena:GetQueryExecution",
            "athena:GetQueryResults",
            "athena:StopQueryExecution",
            ...(isOwnCatalog(catalog) ? [] : ["athena:GetDataCatalog"]),
        ],
        resources: [
            `${base}:workgroup/${workgroup}`,
            ...(isOwnCatalog(catalog) ? [] : [`${base}:datacatalog/${catalog}`]),
        ],
    };
}

/**
 * Beside writing the rows, which every extractor may: where the answers of checks go, the bucket's region, and what Athena asks about uploads in
 * parts ("BaseQueryResultsPermissions", https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonAthenaFullAccess.html).
 */
function bucketStatements(bucket: BucketArns): readonly Statement[] {
    const written = ["_checks/*", "*/backtest/*", "*/live/*"];
    return [
        {
            sid: "FindBucket",
            actions: ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
            resources: [bucket.arn],
        },
        {
            sid: "FollowUploads",
            actions: ["s3:ListMultipartUploadParts"],
            resources: written.map((pattern) => bucket.objects(pattern)),
        },
        {
            sid: "KeepAnswers",
            actions: ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            resources: [bucket.objects("_checks/*")],
        },
    ];
}

/** Athena looks at the account's own database `default` whatever the query names, and whoever has the catalogue. */
function catalogStatement(
    { database, databases, catalogAccount }: AthenaConfig,
    { partition, region, accountId }: Place,
): Statement {
    const own = `arn:${partition}:glue:${region}:${accountId}`;
    const base = `arn:${partition}:glue:${region}:${catalogAccount ?? accountId}`;
    const named = [...new Set([database, ...databases])];
    return {
        sid: "ReadCatalogue",
        actions: [
            "glue:GetDatabase",
            "glue:GetTable",
            "glue:GetTables",
            "glue:GetPartition",
            "glue:GetPartitions",
            "glue:BatchGetPartition",
        ],
        resources: [
            ...new Set([`${own}:catalog`, `${base}:catalog`]),
            `${own}:database/default`,
            ...named.map((name) => `${base}:database/${name}`),
            ...named.map((name) => `${base}:table/${name}/*`),
        ],
    };
}

function dataStatements(
    { dataLocations, kmsKeyArns, lakeFormation }: AthenaConfig,
    place: Place,
): readonly Statement[] {
    const objects = dataLocations.map((location) => {
        const [, bucket = "", folder = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
        return { bucket, keys: `${folder}*`, prefixes: folder === "" ? [] : [folder.slice(0, -1), `${folder}*`] };
    });
    const buckets = [...new Set(objects.map(({ bucket }) => `arn:${place.partition}:s3:::${bucket}`))];
    return [
        ...objectStatements(objects, kmsKeyArns, place),
        ...(buckets.length === 0 ? [] : [{ sid: "FindData", actions: ["s3:GetBucketLocation"], resources: buckets }]),
        ...(lakeFormation
            ? [{ sid: "AskLakeFormation", actions: ["lakeformation:GetDataAccess"], resources: ["*"] }]
            : []),
    ];
}
