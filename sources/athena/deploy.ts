import type { BucketArns, DeployHalf, Place, Statement } from "../metricSource";
import { type AthenaConfig, athenaSchema } from "./config";
import { selectWindow } from "./sql";

/** The catalogue that every account has. */
const ownCatalog = "AwsDataCatalog";

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
            ...(catalog === ownCatalog ? [] : ["athena:GetDataCatalog"]),
        ],
        resources: [
            `${base}:workgroup/${workgroup}`,
            ...(catalog === ownCatalog ? [] : [`${base}:datacatalog/${catalog}`]),
        ],
    };
}

/** Beside writing the rows, which every extractor may: where the answers of checks go, and the bucket's region. */
function bucketStatements(bucket: BucketArns): readonly Statement[] {
    return [
        { sid: "FindBucket", actions: ["s3:GetBucketLocation"], resources: [bucket.arn] },
        {
            sid: "KeepAnswers",
            actions: ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
            resources: [bucket.objects("_checks/*")],
        },
    ];
}

/** Athena looks at the database `default` whatever the query names. */
function catalogStatement({ database, databases }: AthenaConfig, { partition, region, accountId }: Place): Statement {
    const base = `arn:${partition}:glue:${region}:${accountId}`;
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
            `${base}:catalog`,
            `${base}:database/default`,
            ...named.map((name) => `${base}:database/${name}`),
            ...named.map((name) => `${base}:table/${name}/*`),
        ],
    };
}

function dataStatements(
    { dataLocations, dataKeys, lakeFormation }: AthenaConfig,
    { partition }: Place,
): readonly Statement[] {
    const places = dataLocations.map((location) => {
        const [, bucket = "", folder = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
        return { bucket: `arn:${partition}:s3:::${bucket}`, folder };
    });
    const buckets = [...new Set(places.map(({ bucket }) => bucket))];
    const statements: Statement[] = buckets.map((bucket, index) => listStatement(bucket, index, places));
    if (places.length > 0) {
        const resources = places.map(({ bucket, folder }) => `${bucket}/${folder}*`);
        statements.push(
            { sid: "FindData", actions: ["s3:GetBucketLocation"], resources: buckets },
            { sid: "ReadData", actions: ["s3:GetObject"], resources },
        );
    }
    if (dataKeys.length > 0) {
        statements.push({ sid: "DecryptData", actions: ["kms:Decrypt"], resources: dataKeys });
    }
    if (lakeFormation) {
        statements.push({ sid: "AskLakeFormation", actions: ["lakeformation:GetDataAccess"], resources: ["*"] });
    }
    return statements;
}

/** Listing is an action on the bucket; what holds it to the folders is the prefix that is asked for. */
function listStatement(
    bucket: string,
    index: number,
    places: readonly { readonly bucket: string; readonly folder: string }[],
): Statement {
    const folders = places.filter((place) => place.bucket === bucket).map(({ folder }) => folder);
    const patterns = folders.flatMap((folder) => (folder === "" ? [] : [folder.slice(0, -1), `${folder}*`]));
    return {
        sid: `ListData${index === 0 ? "" : index + 1}`,
        actions: ["s3:ListBucket"],
        resources: [bucket],
        ...(folders.includes("") ? {} : { conditions: { StringLike: { "s3:prefix": patterns } } }),
    };
}
