import { deployHalves } from "../../../sources/deploy";
import { type Malformed } from "../parsing";

/** Mistakes in sources. */
export const malformedSources: readonly Malformed[] = [
    [
        "a misspelled key of a source",
        { sources: { warehouse: { type: "redshift", secret: "shop", dbuser: "x" } } },
        "lookout:sources.warehouse.dbuser",
        /nearest is dbUser/,
        /write dbUser/,
    ],
    [
        "a password in the configuration",
        {
            sources: {
                app: {
                    type: "postgres",
                    host: "db.example.com",
                    database: "shop",
                    user: "app",
                    password: "hunter2",
                },
            },
        },
        "lookout:sources.app.password",
        /^is not a known key, (?!.*hunter2).*; expected secret, the name of a secret in Secrets Manager/,
        /write the secret's name as secret, and remove password$/,
    ],
    [
        "a source type that nobody knows",
        { sources: { warehouse: { type: "redshfit" } } },
        "lookout:sources.warehouse.type",
        `"redshfit" is not a source type; expected one of ${Object.keys(deployHalves).join(", ")}`,
        "pulumi config set --path 'lookout:sources.warehouse.type' redshift",
    ],
    [
        "a source without a type",
        { sources: { warehouse: { secret: "shop" } } },
        "lookout:sources.warehouse.type",
        `is missing; expected one of ${Object.keys(deployHalves).join(", ")}`,
        /^pulumi config set --path 'lookout:sources\.warehouse\.type' \w+$/,
    ],
    [
        "a source that says nothing of how to connect",
        { sources: { warehouse: { type: "redshift" } } },
        "lookout:sources.warehouse.secret",
        /^is missing; expected secret, or cluster or workgroup/,
        /./,
    ],
    [
        "a source that is a text",
        { sources: { warehouse: "redshift" } },
        "lookout:sources.warehouse",
        /is not a map/,
        /./,
    ],
];
