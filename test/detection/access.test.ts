import assert from "node:assert/strict";
import { wayToBucket, wayToTarget, type Access } from "../../detection/access";

const role = "arn:aws:iam::210987654321:role/partner";
const other = "arn:aws:iam::210987654321:role/other";
const topic = "arn:aws:sns:us-east-1:123456789012:oncall";
const access: Access = { ownBucket: "metrics", roles: [role], targets: [topic] };
const laptop: Access = { ownBucket: "metrics", roles: "any", targets: "any" };
const typeOf = (way: object) => ("refusal" in way ? (way.refusal as { type: string }).type : way);

describe("detection/access", () => {
    it("reads the own bucket by its own role, whatever role is given", () => {
        assert.deepEqual(wayToBucket(access, { bucket: "metrics" }), {});
        assert.deepEqual(wayToBucket(access, { bucket: "metrics", roleArn: other }), {});
    });

    it("reads another bucket by a role that is allowed, and not otherwise", () => {
        assert.deepEqual(wayToBucket(access, { bucket: "theirs", roleArn: role }), { roleArn: role });
        assert.equal(typeOf(wayToBucket(access, { bucket: "theirs", roleArn: other })), "AccessDeniedException");
        assert.equal(typeOf(wayToBucket(access, { bucket: "theirs" })), "ValidationException");
    });

    it("tells a target by a role that is allowed, the stack's own without, and no others", () => {
        const theirs = "arn:aws:sns:us-east-1:210987654321:theirs";
        assert.deepEqual(wayToTarget(access, { targetArn: theirs, roleArn: role }), { roleArn: role });
        assert.deepEqual(wayToTarget(access, { targetArn: topic }), {});
        assert.deepEqual(wayToTarget(access, { targetArn: topic, roleArn: other }), {});
        assert.equal(typeOf(wayToTarget(access, { targetArn: theirs, roleArn: other })), "AccessDeniedException");
        assert.equal(typeOf(wayToTarget(access, { targetArn: theirs })), "ValidationException");
    });

    it("assumes no role where none can be assumed", () => {
        assert.deepEqual(wayToBucket(laptop, { bucket: "theirs", roleArn: role }), {});
        assert.deepEqual(wayToTarget(laptop, { targetArn: topic, roleArn: role }), {});
    });
});
