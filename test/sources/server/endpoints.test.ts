import assert from "node:assert/strict";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mysqlSchema } from "../../../sources/mysql/config";
import { mysql } from "../../../sources/mysql/deploy";
import { postgresSchema } from "../../../sources/postgres/config";
import { openAwsStandIn } from "../../support/awsStandIn";

const vpcId = "vpc-0123456789abcdef0";
const routeTableIds = ["rtb-0123456789abcdef0"];
const network = { subnetIds: ["subnet-0123456789abcdef0"], securityGroupIds: ["sg-0123456789abcdef0"] };
const bySecret = { type: "postgres", secret: "lookout-orders", ...network };
const byIam = { type: "mysql", user: "lookout", host: "db.example.com", database: "shop", ...network };

/** Where a configuration is wrong, and why. */
const problemsOf = (config: object): string[] =>
    (postgresSchema.safeParse(config).error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`);

describe("sources/server/endpoints", () => {
    it("are a way to Secrets Manager where there is a secret, unless it is not wanted", () => {
        const wanted = (config: object) => mysql.needs!(mysqlSchema.parse(config)).network?.endpoints;
        const withSecret = { ...bySecret, type: "mysql" };
        const both = { vpcId, routeTableIds, secretsManager: true };
        assert.deepEqual(wanted({ ...withSecret, endpoints: { vpcId, routeTableIds } }), both);
        const without = { ...both, secretsManager: false };
        assert.deepEqual(wanted({ ...withSecret, endpoints: without }), without);
        assert.deepEqual(wanted({ ...byIam, endpoints: { vpcId, routeTableIds } }), without);
        assert.equal(wanted(byIam), undefined);
    });

    for (const [what, config, expected] of [
        [
            "ids of other things",
            { endpoints: { vpcId: "subnet-0123456789abcdef0" } },
            /^endpoints\.vpcId is not the id of a VPC/,
        ],
        ["no route table", { endpoints: { vpcId, routeTableIds: [] } }, /^endpoints\.routeTableIds is empty/],
        [
            "no network",
            { subnetIds: undefined, securityGroupIds: undefined, endpoints: { vpcId } },
            /^endpoints is given without subnetIds/,
        ],
        ["nothing wanted", { endpoints: { vpcId, secretsManager: false } }, /^endpoints asks for nothing/],
        [
            "no secret to read",
            { secret: undefined, user: "me", host: "h", database: "d", endpoints: { vpcId, secretsManager: true } },
            /^endpoints\.secretsManager is true without a secret/,
        ],
    ] as const) {
        it(`are refused with ${what}`, () => {
            const problems = problemsOf({ ...bySecret, ...config });
            assert.equal(problems.length, 1, problems.join("\n"));
            assert.match(problems[0]!, expected);
        });
    }

    it("are found by the client through the variable that the program sets", async () => {
        const standIn = await openAwsStandIn({ GetSecretValue: () => ({ SecretString: "{}" }) });
        const { endpoint, ...client } = standIn.client;
        process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = endpoint;
        try {
            await new SecretsManagerClient(client).send(new GetSecretValueCommand({ SecretId: "lookout-orders" }));
            assert.deepEqual(
                standIn.calls.map(({ operation }) => operation),
                ["GetSecretValue"],
            );
        } finally {
            delete process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
            await standIn.close();
        }
    });
});
