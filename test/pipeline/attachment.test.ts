import assert from "node:assert/strict";
import { attachmentEvent, followAttachment } from "../../pipeline/attachment";

const role = "arn:aws:iam::123456789012:role/ours";
const wanted = { source: "warehouse", config: { type: "redshift", cluster: "orders" }, roleArn: role };

describe("pipeline/attachment", () => {
    /** What was done for an event, as `attach orders ours`; `broken` makes detaching fail. */
    const done = async (event: object, broken = false): Promise<string[]> => {
        const log: string[] = [];
        const parsed = attachmentEvent.parse({ ...wanted, ...event });
        const clusterOf = ({ config }: { config: unknown }): string => (config as { cluster: string }).cluster;
        const openAttacher = async (source: { config: unknown }) => {
            const cluster = clusterOf(source);
            const note = (action: string) => async (roleArn: string) => {
                log.push(`${action} ${cluster} ${roleArn.split("/").pop()}`);
                if (broken && action === "detach") throw new Error("broken");
            };
            return { attach: note("attach"), detach: note("detach") };
        };
        const following = followAttachment(parsed, { openAttacher, databaseOf: clusterOf });
        await (broken ? assert.rejects(following, /broken/) : following);
        return log;
    };
    const moved = { ...wanted, config: { ...wanted.config, cluster: "old" } };

    it("attaches on create and detaches on delete", async () => {
        assert.deepEqual(await done({ tf: { action: "create" } }), ["attach orders ours"]);
        assert.deepEqual(await done({ tf: { action: "delete", prev_input: null } }), ["detach orders ours"]);
    });

    it("only makes sure of the role when an update changed something else", async () => {
        const before = { ...wanted, config: { ...wanted.config, maxConcurrentStatements: 4 } };
        assert.deepEqual(await done({ tf: { action: "update", prev_input: before } }), ["attach orders ours"]);
    });

    it("moves from one database to the other, the new one last", async () => {
        assert.deepEqual(await done({ tf: { action: "update", prev_input: moved } }), [
            "detach old ours",
            "attach orders ours",
        ]);
    });

    it("takes the old role away when the role changed", async () => {
        const before = { ...wanted, roleArn: "arn:aws:iam::123456789012:role/old" };
        assert.deepEqual(await done({ tf: { action: "update", prev_input: before } }), [
            "detach orders old",
            "attach orders ours",
        ]);
    });

    it("attaches even when the old database refuses to let go, and still fails", async () => {
        assert.deepEqual(await done({ tf: { action: "update", prev_input: moved } }, true), [
            "detach old ours",
            "attach orders ours",
        ]);
    });

    it("does without an earlier input that it does not understand", async () => {
        assert.deepEqual(await done({ tf: { action: "update", prev_input: { other: 1 } } }), ["attach orders ours"]);
    });
});
