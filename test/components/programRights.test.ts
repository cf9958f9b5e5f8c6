import assert from "node:assert/strict";
import { wideActions } from "../../components/wideActions";
import { type RecordedProgram, recordProgram } from "../support/recordedProgram";
import { recordedDev, types } from "./programParts";

describe("index.ts, who may do what", () => {
    let dev: RecordedProgram;
    before(async () => {
        dev = await recordedDev();
    });

    describe("its permissions", () => {
        it("allow no action by a wildcard", () => {
            const wide = dev
                .statements()
                .flatMap(({ policy, Action }) =>
                    Action.filter((action) => action.includes("*")).map((action) => `${policy}: ${action}`),
                );
            assert.deepEqual(wide, []);
        });

        it("allow an action on everything only where a reason is listed", () => {
            const unlisted = dev
                .statements()
                .filter(({ Resource }) => Resource.includes("*"))
                .flatMap(({ Action }) => Action)
                .filter((action) => wideActions[action] === undefined);
            assert.deepEqual(unlisted, []);
        });

        it("stay below the 10,240 characters that a role's policies may have together", () => {
            const sizes = new Map<unknown, number>();
            for (const { inputs } of dev.all(types.policy)) {
                sizes.set(inputs.role, (sizes.get(inputs.role) ?? 0) + (inputs.policy as string).length);
            }
            assert.ok(Math.max(...sizes.values()) < 10_240, String(Math.max(...sizes.values())));
        });

        it("name each statement of a policy once", () => {
            for (const { name, inputs } of dev.all(types.policy)) {
                const sids = (JSON.parse(inputs.policy as string) as { Statement: { Sid: string }[] }).Statement.map(
                    ({ Sid }) => Sid,
                );
                assert.equal(new Set(sids).size, sids.length, name);
                assert.ok(
                    sids.every((sid) => /^[A-Za-z0-9]+$/.test(sid)),
                    name,
                );
            }
        });

        it("let whoever calls the detection service do so through its URL", () => {
            const callers = dev
                .statements()
                .filter(({ Action }) => Action.includes("lambda:InvokeFunctionUrl"))
                .map(({ policy, Action }) => `${policy}: ${Action.join(" ")}`);
            const both = "lambda:InvokeFunctionUrl lambda:InvokeFunction";
            assert.deepEqual(callers.sort(), [
                `extraction-activate-detector-policy: ${both}`,
                `extraction-commit-window-policy: ${both}`,
                `extraction-reconcile-detector-policy: ${both}`,
            ]);
        });

        it("hold services that act for many accounts to this one", () => {
            const trusted = (name: string) =>
                JSON.stringify(JSON.parse(dev.one(types.role, name).inputs.assumeRolePolicy as string));
            for (const name of ["schedules-role", "extraction-live-role", "extraction-backfill-role"]) {
                assert.match(trusted(name), /"aws:SourceAccount":"123456789012"/, name);
            }
        });

        it("let the database write below the data prefixes and nowhere else", () => {
            const writes = dev
                .statements()
                .filter(
                    ({ policy, Action }) =>
                        policy === "extraction-warehouse-unload-policy" && Action.includes("s3:PutObject"),
                )
                .flatMap(({ Resource }) => Resource);
            assert.deepEqual(writes, [
                "arn:aws:s3:::metrics-bucket-1234567/*/backtest/*",
                "arn:aws:s3:::metrics-bucket-1234567/*/live/*",
            ]);
        });
    });

    describe("its URL", () => {
        it("answers signed requests only", () => {
            assert.equal(
                dev.one("aws:lambda/functionUrl:FunctionUrl", "detection-url").inputs.authorizationType,
                "AWS_IAM",
            );
        });
    });

    describe("its bucket", () => {
        it("refuses the public and plain HTTP", () => {
            const block = dev.one(
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                "metrics-public-access",
            ).inputs;
            assert.ok(
                [
                    block.blockPublicAcls,
                    block.blockPublicPolicy,
                    block.ignorePublicAcls,
                    block.restrictPublicBuckets,
                ].every(Boolean),
            );
            const [statement] = (
                JSON.parse(dev.one("aws:s3/bucketPolicy:BucketPolicy", "metrics-policy").inputs.policy as string) as {
                    Statement: Record<string, unknown>[];
                }
            ).Statement;
            assert.deepEqual(
                [statement!.Effect, statement!.Condition],
                ["Deny", { Bool: { "aws:SecureTransport": "false" } }],
            );
        });

        it("lets extracted rows expire, folder by folder, and nothing else", () => {
            const { rules } = dev.one(
                "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
                "metrics-lifecycle",
            ).inputs as { rules: { filter: { prefix: string }; expiration?: { days: number } }[] };
            const expiring = rules.filter(({ expiration }) => expiration !== undefined);
            assert.deepEqual(
                expiring.map(({ filter, expiration }) => [filter.prefix, expiration!.days]),
                [
                    ["ecommerce/backtest/", 800],
                    ["ecommerce/live/", 800],
                ],
            );
        });

        it("stays with its protection when data are kept", () => {
            const kept = dev.resources.filter(({ retainOnDelete, custom }) => custom && retainOnDelete);
            assert.deepEqual(kept.map(({ name }) => name).sort(), [
                "metrics-bucket",
                "metrics-encryption",
                "metrics-lifecycle",
                "metrics-ownership",
                "metrics-policy",
                "metrics-public-access",
            ]);
            assert.equal(dev.one("aws:s3/bucket:Bucket", "metrics-bucket").inputs.forceDestroy, false);
        });

        it("says what is kept, and how to have it deleted", async () => {
            const told = ({ infos }: RecordedProgram) =>
                infos.filter((info) => /kept when this stack is destroyed/.test(info));
            assert.match(told(dev).join(), /set lookout:keepData to false and run `pulumi up` before `pulumi destroy`/);
            assert.deepEqual(told(await recordProgram({ "lookout:keepData": false })), []);
        });

        it("is emptied and deleted when they are not", async () => {
            const program = await recordProgram({ "lookout:keepData": false });
            assert.deepEqual(
                program.resources.filter(({ retainOnDelete }) => retainOnDelete),
                [],
            );
            assert.equal(program.one("aws:s3/bucket:Bucket", "metrics-bucket").inputs.forceDestroy, true);
        });
    });
});
