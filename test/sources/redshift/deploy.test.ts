import assert from "node:assert/strict";
import type { Statement } from "../../../sources/metricSource";
import { type RedshiftConfig, redshiftSchema } from "../../../sources/redshift/config";
import { redshift } from "../../../sources/redshift/deploy";

const place = { partition: "aws", region: "eu-west-1", accountId: "123456789012" };
const base = "arn:aws:redshift:eu-west-1:123456789012";
const configOf = (config: object): RedshiftConfig => redshiftSchema.parse({ type: "redshift", ...config });

/** Actions and the resources they may touch, as `action resource`. */
const grants = (statements: readonly Statement[]): string[] =>
    statements.flatMap(({ actions, resources }) =>
        actions.flatMap((action) => resources.map((resource) => `${action} ${resource as string}`)),
    );
const granted = (config: object): string[] => grants(redshift.statements(configOf(config), place));
const attached = (config: object): string[] => grants(redshift.attachment(configOf(config))?.statements(place) ?? []);

describe("sources/redshift/deploy", () => {
    it("lets statements run on the one cluster that is named", () => {
        const config = { cluster: "orders", database: "dev", dbUser: "lookout" };
        assert.ok(granted(config).includes(`redshift-data:ExecuteStatement ${base}:cluster:orders`));
    });

    it("lets them run on any cluster of the account only where the secret alone knows its name", () => {
        assert.ok(granted({ secret: "s" }).includes(`redshift-data:ExecuteStatement ${base}:cluster:*`));
        assert.ok(granted({ secret: "s", cluster: "c" }).includes(`redshift-data:ExecuteStatement ${base}:cluster:c`));
    });

    it("holds following and cancelling to the function's own statements", () => {
        const wide = redshift
            .statements(configOf({ secret: "s" }), place)
            .filter(({ resources }) => resources.includes("*"));
        assert.deepEqual(
            wide.map(({ actions, conditions }) => ({ actions, conditions })),
            [
                {
                    actions: [
                        "redshift-data:DescribeStatement",
                        "redshift-data:CancelStatement",
                        "redshift-data:GetStatementResult",
                    ],
                    conditions: { StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" } },
                },
            ],
        );
    });

    it("gives the secret by name the six characters that Secrets Manager adds, and a full ARN as it is", () => {
        const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders";
        assert.ok(granted({ secret: "orders" }).includes(`secretsmanager:GetSecretValue ${arn}-??????`));
        assert.ok(granted({ secret: arn }).includes(`secretsmanager:GetSecretValue ${arn}-??????`));
        assert.ok(granted({ secret: `${arn}-a1B2c3` }).includes(`secretsmanager:GetSecretValue ${arn}-a1B2c3`));
    });

    it("reads a secret by an ARN that may be whole or end in its name, whose last part looks like the service's own", () => {
        const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:lookout-orders";
        const secrets = granted({ secret: arn }).filter((grant) => grant.startsWith("secretsmanager:"));
        assert.deepEqual(
            secrets,
            [arn, `${arn}-??????`].map((resource) => `secretsmanager:GetSecretValue ${resource}`),
        );
    });

    it("makes temporary credentials for the one user and database", () => {
        assert.deepEqual(granted({ cluster: "c", database: "dev", dbUser: "u" }).slice(-2), [
            `redshift:GetClusterCredentials ${base}:dbuser:c/u`,
            `redshift:GetClusterCredentials ${base}:dbname:c/dev`,
        ]);
        assert.deepEqual(granted({ cluster: "c", database: "dev" }).slice(-1), [
            `redshift:GetClusterCredentialsWithIAM ${base}:dbname:c/dev`,
        ]);
    });

    it("reaches a workgroup by its own service", () => {
        const workgroups = "arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/*";
        const list = granted({ workgroup: "default", database: "dev" });
        assert.ok(list.includes(`redshift-data:ExecuteStatement ${workgroups}`));
        assert.ok(list.includes(`redshift-serverless:GetCredentials ${workgroups}`));
    });

    it("attaches nothing when a role is named that is attached already", () => {
        const config = configOf({ secret: "s", unloadRoleArn: "arn:aws:iam::123456789012:role/unload" });
        assert.equal(redshift.attachment(config), undefined);
    });

    it("attaches to a cluster by the one operation that leaves other roles alone", () => {
        assert.deepEqual(attached({ cluster: "c", database: "d" }), [
            `redshift:ModifyClusterIamRoles ${base}:cluster:c`,
        ]);
    });

    it("reads the secret before attaching where it alone knows the cluster", () => {
        assert.ok(attached({ secret: "s" }).some((grant) => grant.startsWith("secretsmanager:GetSecretValue ")));
    });

    it("lets both services of a workgroup assume the role, and a cluster's only its own", () => {
        assert.deepEqual(redshift.attachment(configOf({ workgroup: "default", database: "d" }))?.principals, [
            "redshift-serverless.amazonaws.com",
            "redshift.amazonaws.com",
        ]);
        assert.deepEqual(redshift.attachment(configOf({ secret: "s" }))?.principals, ["redshift.amazonaws.com"]);
    });
});
