import assert from "node:assert/strict";
import { type PostgresConfig, postgresSchema } from "../../../sources/postgres/config";
import { postgres } from "../../../sources/postgres/deploy";

const account = "123456789012";
const bucketArn = "arn:aws:s3:::metrics";
const place = { partition: "aws", region: "eu-west-1", accountId: account, bucketArn };
const configOf = (config: object): PostgresConfig => postgresSchema.parse({ type: "postgres", ...config });
const granted = (config: object): string[] =>
    postgres
        .statements(configOf(config), place)
        .flatMap(({ actions, resources }) => [...actions, ...(resources as string[])]);
const byIam = { user: "lookout", host: "db.example.com", database: "shop" };

describe("sources/postgres/deploy", () => {
    it("lets the function read the one secret, and nothing else", () => {
        assert.deepEqual(granted({ secret: "lookout-orders" }), [
            "secretsmanager:GetSecretValue",
            `arn:aws:secretsmanager:eu-west-1:${account}:secret:lookout-orders-??????`,
        ]);
    });

    it("lets it sign in as the one user, on the one instance where that is named", () => {
        const users = `arn:aws:rds-db:eu-west-1:${account}:dbuser:`;
        assert.deepEqual(granted(byIam), ["rds-db:connect", `${users}*/lookout`]);
        assert.deepEqual(granted({ ...byIam, resourceId: "cluster-ABC" }), [
            "rds-db:connect",
            `${users}cluster-ABC/lookout`,
        ]);
    });

    it("attaches nothing", () => {
        assert.equal(postgres.attachment(configOf({ secret: "s" })), undefined);
    });

    it("gives the function the longest time that there is, and the database's network where that is configured", () => {
        const network = { subnetIds: ["subnet-01234567"], securityGroupIds: ["sg-01234567"] };
        assert.equal(postgres.needs?.(configOf({ secret: "s" })).timeoutSeconds, 900);
        assert.equal(postgres.needs?.(configOf({ secret: "s" })).network, undefined);
        assert.deepEqual(postgres.needs?.(configOf({ secret: "s", ...network })).network, network);
    });
});
