import assert from "node:assert/strict";
import { judge, userId } from "../../../local/cloud/iam";
import type { Need, PolicyDocument, PolicyStatement } from "../../../local/cloud/service";

const role = "arn:aws:iam::123456789012:role/worker";

const policy = (...statements: Partial<PolicyStatement>[]): PolicyDocument => ({
    Statement: statements.map((statement) => ({ Effect: "Allow", Action: "*", Resource: "*", ...statement })),
});
const verdict = (document: PolicyDocument, need: Partial<Need> = {}): string =>
    judge([document], role, { action: "s3:GetObject", resource: "arn:aws:s3:::metrics/shop/a.csv", ...need });

describe("local/cloud/iam", () => {
    it("refuses what nobody allows", () => {
        assert.equal(judge([], role, { action: "s3:GetObject", resource: "*" }), "implicitDeny");
        assert.equal(verdict(policy({ Action: "s3:PutObject" })), "implicitDeny");
    });

    it("lets a denial win over every permission, in whatever order they stand", () => {
        assert.equal(verdict(policy({ Effect: "Deny", Action: "s3:Get*" }, {})), "explicitDeny");
        assert.equal(verdict(policy({}, { Effect: "Deny", Resource: "arn:aws:s3:::metrics/shop/*" })), "explicitDeny");
        assert.equal(verdict(policy({}, { Effect: "Deny", Resource: "arn:aws:s3:::other/*" })), "allowed");
    });

    it("matches actions with * and ?, in any case, and by NotAction", () => {
        for (const [Action, expected] of [
            ["s3:GetObject", "allowed"],
            ["S3:getobject", "allowed"],
            ["s3:Get*", "allowed"],
            ["s3:?etObject", "allowed"],
            ["*", "allowed"],
            ["s3:GetObjec", "implicitDeny"],
            ["s3:GetObject?", "implicitDeny"],
        ] as const) {
            assert.equal(verdict(policy({ Action })), expected, Action);
        }
        assert.equal(verdict(policy({ Action: undefined, NotAction: "s3:Put*" })), "allowed");
        assert.equal(verdict(policy({ Action: undefined, NotAction: ["s3:Get*"] })), "implicitDeny");
    });

    it("matches resources with * across slashes and ? for one character, and nothing else as a pattern", () => {
        for (const [Resource, expected] of [
            ["arn:aws:s3:::metrics/*", "allowed"],
            ["arn:aws:s3:::metrics/shop/?.csv", "allowed"],
            ["arn:aws:s3:::metrics/*.csv", "allowed"],
            ["arn:aws:s3:::metrics", "implicitDeny"],
            ["arn:aws:s3:::metrics/shop/a+csv", "implicitDeny"],
            ["arn:aws:s3:::metrics/shop/a?csv?", "implicitDeny"],
            ["arn:aws:s3:::METRICS/*", "implicitDeny"],
        ] as const) {
            assert.equal(verdict(policy({ Resource })), expected, Resource);
        }
    });

    it("puts in what is known for policy variables, as plain text", () => {
        const resource = `arn:aws:s3:::metrics/home/${userId(role)}/x`;
        assert.equal(
            verdict(policy({ Resource: "arn:aws:s3:::metrics/home/${aws:userid}/*" }), { resource }),
            "allowed",
        );
        assert.equal(
            verdict(policy({ Resource: "arn:aws:s3:::metrics/home/${aws:username}/*" }), { resource }),
            "implicitDeny",
        );
        assert.equal(verdict(policy({ Resource: "a${*}c" }), { resource: "a*c" }), "allowed");
        assert.equal(verdict(policy({ Resource: "a${*}c" }), { resource: "abc" }), "implicitDeny");
    });

    describe("conditions", () => {
        const holds = (Condition: PolicyStatement["Condition"], context: Record<string, string>): boolean =>
            verdict(policy({ Condition }), { context }) === "allowed";

        it("compare texts, ARNs, numbers and truth", () => {
            const context = {
                "s3:prefix": "shop/live/",
                "s3:max-keys": "10",
                "aws:SourceArn": "arn:aws:sns:us-east-1:1:t:x",
            };
            assert.equal(holds({ StringEquals: { "s3:prefix": ["a", "shop/live/"] } }, context), true);
            assert.equal(holds({ StringEquals: { "s3:prefix": "shop/*" } }, context), false);
            assert.equal(holds({ StringLike: { "S3:Prefix": "shop/*" } }, context), true);
            assert.equal(holds({ StringNotLike: { "s3:prefix": "shop/*" } }, context), false);
            assert.equal(holds({ StringNotEquals: { "s3:prefix": "other" } }, context), true);
            assert.equal(holds({ ArnLike: { "aws:SourceArn": "arn:aws:sns:*:1:t:*" } }, context), true);
            assert.equal(holds({ ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:2:t:x" } }, context), false);
            assert.equal(holds({ NumericLessThanEquals: { "s3:max-keys": 10 } }, context), true);
            assert.equal(holds({ NumericGreaterThan: { "s3:max-keys": "10" } }, context), false);
            assert.equal(holds({ Bool: { "aws:SecureTransport": "true" } }, context), true);
        });

        it("must hold all, and fail for a key that is not known unless they say IfExists or negate", () => {
            const context = { "s3:prefix": "a" };
            assert.equal(holds({ StringEquals: { "s3:prefix": "a", "s3:delimiter": "/" } }, context), false);
            assert.equal(holds({ StringEqualsIfExists: { "s3:delimiter": "/" } }, context), true);
            assert.equal(holds({ StringNotEquals: { "s3:delimiter": "/" } }, context), true);
            assert.equal(holds({ Null: { "s3:delimiter": "true" } }, context), true);
            assert.equal(holds({ Null: { "s3:prefix": "true" } }, context), false);
        });

        it("take policy variables", () => {
            const condition = { StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" } };
            const key = "redshift-data:statement-owner-iam-userid";
            assert.equal(holds(condition, { [key]: userId(role) }), true);
            assert.equal(holds(condition, { [key]: userId(`${role}2`) }), false);
            assert.equal(holds(condition, {}), false);
        });

        it("refuse to guess at an operator that is not known", () => {
            assert.throws(() => holds({ DateLessThan: { "aws:CurrentTime": "2026-01-01" } }, {}), /DateLessThan/);
        });
    });
});
