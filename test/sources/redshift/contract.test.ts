import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { redshiftSchema } from "../../../sources/redshift/config";
import { openRedshift } from "../../../sources/redshift/extractor";
import { describeExtractor, type ExtractorFixture } from "../../contract/extractor";
import { openAwsStandIn } from "../../support/awsStandIn";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { openUnloadEngine } from "../../support/unloadEngine";

const password = "correct-horse-battery-staple";

/** The real SDK against a stand-in at its HTTP edge, with an embedded PostgreSQL behind it that takes UNLOAD apart and runs it. */
async function openFixture(): Promise<ExtractorFixture> {
    const store = memoryObjectStore();
    const engine = await openUnloadEngine(store);
    const secret = { username: "lookout", password, dbClusterIdentifier: "orders", db: "dev" };
    const aws = await openAwsStandIn({
        ...engine.answers,
        GetSecretValue: ({ SecretId }) => ({
            SecretString: JSON.stringify(SecretId === "whole" ? secret : { ...secret, db: undefined }),
        }),
    });
    const open = (secretName: string) =>
        openRedshift(
            {
                name: "warehouse",
                config: redshiftSchema.parse({ type: "redshift", secret: secretName }),
                region: "eu-west-1",
                unloadRoleArn: "arn:aws:iam::123456789012:role/unload",
            },
            {
                data: new RedshiftDataClient(aws.client),
                secrets: new SecretsManagerClient(aws.client),
                sleep: async () => undefined,
            },
        );
    return {
        ...engine,
        extractor: open("whole"),
        store,
        bucket: "metrics",
        zonedQuery: "select ts at time zone 'UTC' as ts, platform, views from events",
        openWrong: () => ({ extractor: open("lacking"), key: "lookout:sources.warehouse.secret" }),
        passwords: [password],
        async close() {
            await aws.close();
            await engine.close();
        },
    };
}

describeExtractor("sources/redshift", openFixture, {
    "keeps NULL apart from the empty string, and a large integer exact":
        "Redshift quotes a CSV field only for a comma, a quote or a line break, so both are written as nothing; README, Limits",
});
