import assert from "node:assert/strict";
import { snowflakeSchema } from "../../../sources/snowflake/config";
import { snowflake } from "../../../sources/snowflake/deploy";
import { accountOf, columnName, exactName, hostOf, quoteColumn } from "../../../sources/snowflake/names";

const given = { type: "snowflake", account: "myorg-shop", secret: "lookout-snowflake", storageIntegration: "LOOKOUT" };

const findings = (config: object): string[] => {
    const parsed = snowflakeSchema.safeParse(config);
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
};

describe("sources/snowflake/config", () => {
    it("needs an account, a secret and a way to write, and has a default for all else", () => {
        assert.deepEqual(snowflakeSchema.parse(given), {
            ...given,
            statementTimeoutSeconds: 3600,
            sourceTimeZone: "UTC",
            maxConcurrentStatements: 2,
        });
    });

    for (const account of [
        "myorg-my_shop",
        "xy12345",
        "xy12345.eu-central-1",
        "xy12345.us-east-2.aws",
        "shop-abc1.global",
    ]) {
        it(`takes the account ${account}`, () => {
            assert.deepEqual(findings({ ...given, account }), []);
        });
    }

    it("takes names as SQL writes them, quoted or not", () => {
        const names = { role: "lookout", warehouse: '"My ""wh"""', database: "sales", schema: "public" };
        assert.deepEqual(findings({ ...given, ...names }), []);
        const { storageIntegration: _, ...rest } = given;
        assert.deepEqual(findings({ ...rest, stage: 'sales."my schema".lookout' }), []);
    });

    const wrong: Record<string, [change: object, finding: RegExp]> = {
        "a URL for an account": [
            { account: "https://myorg-shop.snowflakecomputing.com" },
            /^account is not an account identifier/,
        ],
        "a host with a path": [{ host: "shop.example.com/api" }, /^host is not the name of a host/],
        "a role that is SQL": [{ role: "a; drop table b" }, /^role is not the name of a role/],
        "an integration that is SQL": [
            { storageIntegration: "A) HEADER = FALSE" },
            /^storageIntegration is not the name/,
        ],
        "a stage beside an integration": [{ stage: "A.B.C" }, /^storageIntegration is given beside stage/],
        "a stage with an at sign": [
            { stage: "@A.B.C", storageIntegration: undefined },
            /^stage is not the name of a stage/,
        ],
        "no way to write": [{ storageIntegration: undefined }, /^storageIntegration is missing; expected/],
        "a time limit of a second": [{ statementTimeoutSeconds: 1 }, /^statementTimeoutSeconds /],
        "a password in the stack file": [{ password: "x" }, /password/],
    };
    for (const [what, [change, finding]] of Object.entries(wrong)) {
        it(`refuses ${what}`, () => {
            assert.match(findings({ ...given, ...change }).join("\n"), finding);
        });
    }
});

describe("sources/snowflake/names", () => {
    it("finds an account's host: hyphens for underscores, and China's own domain", () => {
        assert.equal(hostOf("MyOrg-My_Shop"), "myorg-my-shop.snowflakecomputing.com");
        assert.equal(hostOf("xy12345.eu-central-1"), "xy12345.eu-central-1.snowflakecomputing.com");
        assert.equal(hostOf("xy12345.cn-northwest-1"), "xy12345.cn-northwest-1.snowflakecomputing.cn");
    });

    it("names the account in a token without region and cloud, with its underscores", () => {
        const names = ["myorg-my_shop", "xy12345.us-east-2.aws", "xy12345", "shop-abc1.global"].map(accountOf);
        assert.deepEqual(names, ["MYORG-MY_SHOP", "XY12345", "XY12345", "SHOP"]);
    });

    it("takes plain names for upper case, as Snowflake keeps them, and any other as they are", () => {
        assert.deepEqual(["ts", "Views", "My col", 'a"b'].map(quoteColumn), ['"TS"', '"VIEWS"', '"My col"', '"a""b"']);
        assert.deepEqual(["TS", "My col", "views"].map(columnName), ["ts", "My col", "views"]);
        assert.deepEqual(["lookout", '"My ""wh"""'].map(exactName), ["LOOKOUT", 'My "wh"']);
    });
});

describe("sources/snowflake/deploy", () => {
    const place = { partition: "aws", region: "eu-west-1", accountId: "123456789012" };

    it("reads its secret, and may do nothing else", () => {
        assert.deepEqual(snowflake.statements(snowflakeSchema.parse(given), place), [
            {
                sid: "ReadSecret",
                actions: ["secretsmanager:GetSecretValue"],
                resources: ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:lookout-snowflake-??????"],
            },
        ]);
        assert.equal(snowflake.attachment(snowflakeSchema.parse(given)), undefined);
    });
});
