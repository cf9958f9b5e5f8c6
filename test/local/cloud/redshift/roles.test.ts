import { DescribeClustersCommand, ModifyClusterIamRolesCommand, RedshiftClient } from "@aws-sdk/client-redshift";
import {
    GetNamespaceCommand,
    GetWorkgroupCommand,
    RedshiftServerlessClient,
    UpdateNamespaceCommand,
} from "@aws-sdk/client-redshift-serverless";
import assert from "node:assert/strict";
import type { Warehouse } from "../../../../local/cloud/service";
import { allow, openWireWorld, type WireWorld } from "../../../support/wireWorld";

const roleArn = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;

describe("local/cloud/redshift/clusterApi and serverlessApi", () => {
    let world: WireWorld;

    before(async () => {
        world = await openWireWorld();
    });
    after(() => world.close());

    describe("a cluster", () => {
        let cluster: Warehouse;
        let client: RedshiftClient;

        before(async () => {
            cluster = await world.wire.redshift.addCluster({ identifier: "sample", database: "dev", user: "admin" });
            client = new RedshiftClient(world.client);
        });
        after(() => client.destroy());

        const modify = (
            AddIamRoles: string[],
            RemoveIamRoles: string[] = [],
            ClusterIdentifier = "sample",
        ): Promise<unknown> =>
            client.send(new ModifyClusterIamRolesCommand({ ClusterIdentifier, AddIamRoles, RemoveIamRoles }));

        it("gains and loses roles without touching the others", async () => {
            await modify([roleArn("a"), roleArn("b")]);
            await modify([roleArn("b"), roleArn("c")]);
            await modify([], [roleArn("b"), roleArn("none")]);
            assert.deepEqual(cluster.roles(), [roleArn("a"), roleArn("c")]);
            const { Clusters } = await client.send(new DescribeClustersCommand({ ClusterIdentifier: "sample" }));
            assert.deepEqual(Clusters?.[0]?.IamRoles, [
                { IamRoleArn: roleArn("a"), ApplyStatus: "in-sync" },
                { IamRoleArn: roleArn("c"), ApplyStatus: "in-sync" },
            ]);
            assert.deepEqual([Clusters?.[0]?.ClusterStatus, Clusters?.[0]?.DBName], ["available", "dev"]);
        });

        it("is not found under another name", async () => {
            await assert.rejects(modify([], [], "none"), { name: "ClusterNotFoundFault", message: /none not found/ });
            await assert.rejects(client.send(new DescribeClustersCommand({ ClusterIdentifier: "none" })), {
                name: "ClusterNotFoundFault",
            });
        });

        it("takes a role only from who may pass it", async () => {
            const modifyAllowed = allow(
                "redshift:ModifyClusterIamRoles",
                "arn:aws:redshift:us-east-1:123456789012:cluster:sample",
            );
            const pass = allow("iam:PassRole", roleArn("unload"), {
                StringEquals: { "iam:PassedToService": "redshift.amazonaws.com" },
            });
            const attach = async (...policies: (typeof pass)[]): Promise<void> => {
                const other = new RedshiftClient(world.addRole("attacher", ...policies).client);
                try {
                    await other.send(
                        new ModifyClusterIamRolesCommand({
                            ClusterIdentifier: "sample",
                            AddIamRoles: [roleArn("unload")],
                        }),
                    );
                } finally {
                    other.destroy();
                }
            };
            await assert.rejects(attach(modifyAllowed), { name: "AccessDenied", message: /iam:PassRole/ });
            await attach(modifyAllowed, pass);
            assert.ok(cluster.roles().includes(roleArn("unload")));
        });
    });

    describe("a workgroup", () => {
        let workgroup: Warehouse;
        let client: RedshiftServerlessClient;

        before(async () => {
            workgroup = await world.wire.redshift.addWorkgroup({ name: "team", database: "dev" });
            client = new RedshiftServerlessClient(world.client);
        });
        after(() => client.destroy());

        it("leads to its namespace, whose list of roles is replaced as a whole", async () => {
            const found = await client.send(new GetWorkgroupCommand({ workgroupName: "team" }));
            const namespaceName = found.workgroup?.namespaceName;
            await client.send(new UpdateNamespaceCommand({ namespaceName, iamRoles: [roleArn("a"), roleArn("b")] }));
            await client.send(new UpdateNamespaceCommand({ namespaceName, iamRoles: [roleArn("b")] }));
            const { namespace } = await client.send(new GetNamespaceCommand({ namespaceName }));
            assert.deepEqual(namespace?.iamRoles, [`IamRole(applyStatus=in-sync, iamRoleArn=${roleArn("b")})`]);
            assert.deepEqual(workgroup.roles(), [roleArn("b")]);
        });

        it("is not found under another name", async () => {
            const missing = { name: "ResourceNotFoundException" };
            await assert.rejects(client.send(new GetWorkgroupCommand({ workgroupName: "none" })), missing);
            await assert.rejects(client.send(new GetNamespaceCommand({ namespaceName: "none" })), missing);
        });
    });
});
