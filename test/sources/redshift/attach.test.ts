import { RedshiftClient } from "@aws-sdk/client-redshift";
import { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import assert from "node:assert/strict";
import { NotFoundError, QueryError, SourceBusyError } from "../../../errors";
import type { Attacher } from "../../../sources/metricSource";
import { openAttacher as openRedshiftAttacher } from "../../../sources/redshift/attach";
import { redshiftSchema } from "../../../sources/redshift/config";
import { type AwsStandIn, openAwsStandIn, StandInError } from "../../support/awsStandIn";

const ours = "arn:aws:iam::123456789012:role/ours";
const theirs = "arn:aws:iam::123456789012:role/theirs";
const modified = "<ModifyClusterIamRolesResponse><ModifyClusterIamRolesResult/></ModifyClusterIamRolesResponse>";

describe("sources/redshift/attach", () => {
    let aws: AwsStandIn;
    let slept: number[];

    beforeEach(async () => {
        slept = [];
        aws = await openAwsStandIn({ ModifyClusterIamRoles: () => modified });
    });

    afterEach(async () => aws.close());

    const open = (config: object): Attacher =>
        openRedshiftAttacher(
            { name: "warehouse", config: redshiftSchema.parse({ type: "redshift", ...config }), region: "eu-west-1" },
            {
                secrets: new SecretsManagerClient(aws.client),
                cluster: async () => new RedshiftClient(aws.client),
                serverless: async () => new RedshiftServerlessClient(aws.client),
                sleep: async (milliseconds) => slept.push(milliseconds),
            },
        );
    const fail = (code: string, message: string, status?: number) => () => {
        throw new StandInError(code, message, status);
    };

    describe("a cluster", () => {
        const config = { cluster: "orders", database: "dev" };

        it("is given our role and nothing else", async () => {
            await open(config).attach(ours);
            assert.deepEqual(
                aws.calls.map(({ operation, input }) => [operation, input.ClusterIdentifier, rolesIn(input)]),
                [["ModifyClusterIamRoles", "orders", [["Add", ours]]]],
            );
        });

        it("loses our role and nothing else", async () => {
            await open(config).detach(ours);
            assert.deepEqual(
                aws.calls.map(({ input }) => rolesIn(input)),
                [[["Remove", ours]]],
            );
        });

        it("is found by the secret when the configuration does not name it", async () => {
            aws.answers.GetSecretValue = () => ({
                SecretString: JSON.stringify({ dbClusterIdentifier: "hidden", db: "dev" }),
            });
            await open({ secret: "s" }).attach(ours);
            assert.equal(aws.calls.at(-1)?.input.ClusterIdentifier, "hidden");
        });

        it("that is being changed is tried again until it takes the role", async () => {
            let tries = 0;
            aws.answers.ModifyClusterIamRoles = () => {
                tries += 1;
                if (tries < 3) throw new StandInError("InvalidClusterState", "The cluster is being modified.");
                return modified;
            };
            await open(config).attach(ours);
            assert.deepEqual(slept, [1000, 2000]);
        });

        it("that never settles is busy, within a minute", async () => {
            aws.answers.ModifyClusterIamRoles = fail("InvalidClusterState", "The cluster is being modified.");
            await assert.rejects(open(config).attach(ours), SourceBusyError);
            assert.ok(slept.reduce((total, one) => total + one, 0) <= 60_000);
        });

        it("that has, or lacks, the role already is no error", async () => {
            aws.answers.ModifyClusterIamRoles = fail(
                "InvalidParameterValue",
                "The role is already associated with the cluster.",
            );
            await open(config).attach(ours);
            aws.answers.ModifyClusterIamRoles = fail(
                "InvalidParameterValue",
                "The role is not associated with the cluster.",
            );
            await open(config).detach(ours);
        });

        it("that does not exist is an error on create and none on delete", async () => {
            aws.answers.ModifyClusterIamRoles = fail("ClusterNotFound", "Cluster orders not found.", 404);
            await assert.rejects(
                open(config).attach(ours),
                (error) => error instanceof NotFoundError && error.message.includes("lookout:sources.warehouse"),
            );
            await open(config).detach(ours);
        });

        it("whose secret is gone is an error on create and none on delete", async () => {
            aws.answers.GetSecretValue = fail(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            );
            await assert.rejects(open({ secret: "s" }).attach(ours), NotFoundError);
            await open({ secret: "s" }).detach(ours);
        });

        it("that refuses the role says so", async () => {
            aws.answers.ModifyClusterIamRoles = fail("ClusterIamRoleQuotaExceeded", "The cluster has 50 roles.");
            await assert.rejects(
                open(config).attach(ours),
                (error) => error instanceof QueryError && error.message.includes("The cluster has 50 roles."),
            );
        });
    });

    describe("a workgroup's namespace", () => {
        const config = { workgroup: "default", database: "dev" };
        let roles: string[];
        let spelling: (role: string) => string;

        beforeEach(() => {
            roles = [theirs];
            spelling = (role) => `IamRole(applyStatus=in-sync, iamRoleArn=${role})`;
            Object.assign(aws.answers, {
                GetWorkgroup: () => ({ workgroup: { workgroupName: "default", namespaceName: "space" } }),
                GetNamespace: () => ({ namespace: { namespaceName: "space", iamRoles: roles.map(spelling) } }),
                UpdateNamespace: (input: { iamRoles?: string[] }) => {
                    roles = input.iamRoles ?? [];
                    return { namespace: { namespaceName: "space" } };
                },
            });
        });

        const spellings: Record<string, (role: string) => string> = {
            "status first": (role) => `IamRole(applyStatus=in-sync, iamRoleArn=${role})`,
            "role first": (role) => `IamRole(iamRoleArn=${role}, applyStatus=in-sync)`,
            "bare ARNs": (role) => role,
        };
        for (const [what, spell] of Object.entries(spellings)) {
            it(`gets our role beside the others and loses it again, listed as ${what}`, async () => {
                spelling = spell;
                await open(config).attach(ours);
                assert.deepEqual(roles, [theirs, ours]);
                await open(config).detach(ours);
                assert.deepEqual(roles, [theirs]);
            });
        }

        it("is not written when it is as it should be", async () => {
            await open(config).detach(ours);
            assert.ok(!aws.calls.some(({ operation }) => operation === "UpdateNamespace"));
        });

        it("keeps a role that somebody else added in between, and ends with ours", async () => {
            const update = aws.answers.UpdateNamespace;
            let raced = false;
            aws.answers.UpdateNamespace = (input) => {
                update?.(input);
                if (!raced) roles = [theirs, "arn:aws:iam::123456789012:role/late"];
                raced = true;
                return {};
            };
            await open(config).attach(ours);
            assert.deepEqual(roles, [theirs, "arn:aws:iam::123456789012:role/late", ours]);
        });

        it("that is being changed is tried again", async () => {
            const update = aws.answers.UpdateNamespace;
            let tries = 0;
            aws.answers.UpdateNamespace = (input) => {
                tries += 1;
                if (tries === 1)
                    throw new StandInError("ConflictException", "There is an operation running on the namespace.");
                return update?.(input);
            };
            await open(config).attach(ours);
            assert.deepEqual(roles, [theirs, ours]);
        });

        it("of a workgroup that is gone is no error on delete", async () => {
            aws.answers.GetWorkgroup = fail("ResourceNotFoundException", "Workgroup default does not exist.");
            await open(config).detach(ours);
            await assert.rejects(open(config).attach(ours), NotFoundError);
        });
    });
});

/** What a call of the query protocol adds and removes. */
function rolesIn(input: Readonly<Record<string, unknown>>): [string, unknown][] {
    return Object.entries(input).flatMap(([key, value]): [string, unknown][] => {
        const [, action] = /^(Add|Remove)IamRoles\./.exec(key) ?? [];
        return action === undefined ? [] : [[action, value]];
    });
}
