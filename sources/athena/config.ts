import { z } from "zod";
import { kmsKeyArns, maxConcurrentStatements, sourceTimeZone } from "../keys";

const database = z.string().regex(/^[\p{L}\p{N}_.-]{1,255}$/u, {
    error: "is not the name of a database in the Glue catalogue; expected letters, digits, _, - and . such as sales",
});

/** A place in S3 that ends in a slash or is a whole bucket, so that it never means more than a folder. */
const dataLocation = z.string().regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/([^*?]*\/)?$/, {
    error: "is not a folder in S3; expected s3://<bucket>/<path>/ with a slash at its end",
});

/** The catalogue that every account has. */
const ownCatalog = "AwsDataCatalog";

/** Whether it is that one: Athena's names have no case. */
export const isOwnCatalog = (name: string): boolean => name.toLowerCase() === ownCatalog.toLowerCase();

/** The keys of `lookout:sources.<name>` for a data lake that Amazon Athena queries. */
export const athenaSchema = z
    .strictObject({
        type: z.literal("athena"),
        /** Database in which the query's tables are looked for when it names none. */
        database,
        /** Further databases that the query reads from. */
        databases: z.array(database).default([]),
        /** Name of the data catalogue, as Athena lists it: the account's own, or a Glue catalogue that is registered with Athena. */
        catalog: z
            .string()
            .regex(/^[\w@-]{1,256}$/, {
                error: "is not the name of a Glue catalogue; expected AwsDataCatalog, or one that is registered with Athena by its account (nested ones, as S3 Tables have, and connectors are not covered)",
            })
            .default(ownCatalog),
        /** Account whose Glue catalogue that is; needed beside a `catalog` of another name. */
        catalogAccount: z
            .string()
            .regex(/^\d{12}$/, { error: "is not an AWS account; expected its twelve digits, in quotes" })
            .optional(),
        /** Workgroup that the queries run in; it must not override the result location that a query asks for. */
        workgroup: z
            .string()
            .regex(/^[a-zA-Z0-9._-]{1,128}$/, {
                error: "is not the name of a workgroup; expected letters, digits, ., _ and - such as primary",
            })
            .default("primary"),
        /** Folders in S3 where the tables' files lie: what the extractor may read. Needed unless `lakeFormation` hands out access. */
        dataLocations: z.array(dataLocation).default([]),
        /** ARNs of the KMS keys that those files are encrypted with. */
        kmsKeyArns,
        /** Whether Lake Formation decides what may be read; the extractor's role is then granted there. */
        lakeFormation: z.boolean().default(false),
        sourceTimeZone,
        maxConcurrentStatements,
    })
    .superRefine(({ catalog, catalogAccount }, context) => {
        const isOwn = isOwnCatalog(catalog);
        if (isOwn !== (catalogAccount === undefined)) {
            context.addIssue({
                code: "custom",
                path: ["catalogAccount"],
                message: isOwn
                    ? `is given and catalog is ${ownCatalog}, which is always this account's; expected the name under which the other account's catalogue is registered with Athena, in catalog`
                    : `is missing; expected the account whose Glue catalogue "${catalog}" is, so that it may be read (catalogues behind a connector are not covered)`,
            });
        }
    })
    .superRefine(({ dataLocations, lakeFormation }, context) => {
        if (dataLocations.length === 0 && !lakeFormation) {
            context.addIssue({
                code: "custom",
                path: ["dataLocations"],
                message:
                    "is missing; expected the folders in S3 where the tables' files lie, such as s3://lake/orders/, or lakeFormation: true",
            });
        }
    });

export type AthenaConfig = z.output<typeof athenaSchema>;
