import assert from "node:assert/strict";
import { postgresSchema } from "../../../sources/postgres/config";

const problemsOf = (config: object): string[] =>
    (postgresSchema.safeParse({ type: "postgres", ...config }).error?.issues ?? []).map(
        ({ path, message }) => `${path.join(".")} ${message}`,
    );
const byIam = { user: "lookout", host: "db.example.com", database: "shop" };

describe("sources/postgres/config", () => {
    it("fills in the defaults, of which TLS in full is one", () => {
        assert.deepEqual(postgresSchema.parse({ type: "postgres", secret: "lookout-orders" }), {
            type: "postgres",
            secret: "lookout-orders",
            sslmode: "verify-full",
            compression: "NONE",
            sourceTimeZone: "UTC",
            maxConcurrentStatements: 2,
        });
    });

    const good = {
        "a secret and what overrides it": { secret: "s", host: "db.example.com", port: 5433, database: "shop" },
        "a secret that RDS manages": { secret: "rds!db-8b4f6a5c-1a2b-3c4d", host: "db.example.com", database: "shop" },
        "a user that signs in by IAM": byIam,
        "one that is held to one instance": { ...byIam, resourceId: "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
        "a tunnel": { secret: "s", host: "localhost", sslmode: "verify-ca" },
        "a server on this machine": { secret: "s", host: "localhost", sslmode: "disable" },
        "a network": { secret: "s", subnetIds: ["subnet-0123456789abcdef0"], securityGroupIds: ["sg-01234567"] },
        "packed rows": { secret: "s", compression: "GZIP" },
    };
    for (const [what, config] of Object.entries(good)) {
        it(`accepts ${what}`, () => {
            assert.deepEqual(problemsOf(config), []);
        });
    }

    const bad: Readonly<Record<string, readonly [object, RegExp]>> = {
        "nobody to sign in": [{}, /^secret is missing; expected secret, or user/],
        "IAM in clear text": [{ ...byIam, sslmode: "disable" }, /^sslmode is disable without a secret/],
        "a mode that libpq has and we have not": [{ secret: "s", sslmode: "prefer" }, /^sslmode is not a way/],
        "a user beside a secret": [{ secret: "s", user: "lookout" }, /^user is given beside secret/],
        "subnets without a security group": [
            { secret: "s", subnetIds: ["subnet-01234567"] },
            /^securityGroupIds is missing/,
        ],
        "a host with a protocol": [{ secret: "s", host: "postgres://db" }, /^host is not the name of a host/],
        "a password in the stack file": [{ secret: "s", password: "p" }, /Unrecognized key/],
    };
    for (const [what, [config, expected]] of Object.entries(bad)) {
        it(`refuses ${what}`, () => {
            assert.match(problemsOf(config).join("\n"), expected);
        });
    }
});
