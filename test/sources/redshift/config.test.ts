import assert from "node:assert/strict";
import { redshiftSchema } from "../../../sources/redshift/config";

const problemsOf = (config: object): string[] =>
    (redshiftSchema.safeParse({ type: "redshift", ...config }).error?.issues ?? []).map(
        ({ path, message }) => `${path.join(".")} ${message}`,
    );

describe("sources/redshift/config", () => {
    it("fills in the defaults", () => {
        assert.deepEqual(redshiftSchema.parse({ type: "redshift", secret: "redshift-l4mintegration" }), {
            type: "redshift",
            secret: "redshift-l4mintegration",
            sourceTimeZone: "UTC",
            maxConcurrentStatements: 2,
        });
    });

    const good = {
        "a secret by ARN": { secret: "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:redshift/prod-a1B2c3" },
        "a secret and the names that override it": { secret: "s", cluster: "c", database: "d" },
        "a secret and a workgroup": { secret: "s", workgroup: "default", database: "d" },
        "a cluster with a user": { cluster: "my-cluster", database: "dev", dbUser: "lookout" },
        "a cluster without a user": { cluster: "my-cluster", database: "dev" },
        "a workgroup": { workgroup: "default", database: "dev" },
        "a chain of roles": {
            secret: "s",
            unloadRoleArn: "arn:aws:iam::123456789012:role/a,arn:aws:iam::210987654321:role/path/b",
        },
        "a zone": { secret: "s", sourceTimeZone: "Europe/Berlin" },
    };
    for (const [what, config] of Object.entries(good)) {
        it(`accepts ${what}`, () => {
            assert.deepEqual(problemsOf(config), []);
        });
    }

    const bad: Record<string, [object, RegExp]> = {
        "no way to the database": [{}, /^secret is missing; expected secret, or cluster or workgroup together/],
        "a cluster without its database": [{ cluster: "c" }, /^database is missing/],
        "a cluster beside a workgroup": [
            { cluster: "c", workgroup: "wgr", database: "d" },
            /^workgroup is given beside/,
        ],
        "a user beside a secret": [{ secret: "s", dbUser: "u" }, /^dbUser is given beside secret/],
        "a user for a workgroup": [
            { workgroup: "wgr", database: "d", dbUser: "u" },
            /^dbUser is given beside workgroup/,
        ],
        "a name that no cluster can have": [{ cluster: "My--Cluster", database: "d" }, /^cluster is not a cluster/],
        "a name that no secret can have": [{ secret: "two words" }, /^secret is not the name or the ARN/],
        "something that is no role": [{ secret: "s", unloadRoleArn: "role/x" }, /^unloadRoleArn is not the ARN/],
        "a zone that does not exist": [
            { secret: "s", sourceTimeZone: "Europe/Atlantis" },
            /^sourceTimeZone is not an IANA/,
        ],
        "no statement at a time": [{ secret: "s", maxConcurrentStatements: 0 }, /^maxConcurrentStatements /],
        "an unknown key": [{ secret: "s", clusterId: "c" }, /clusterId/],
    };
    for (const [what, [config, problem]] of Object.entries(bad)) {
        it(`refuses ${what}, once`, () => {
            const problems = problemsOf(config);
            assert.equal(problems.length, 1, problems.join("\n"));
            assert.match(problems[0] ?? "", problem);
        });
    }
});
