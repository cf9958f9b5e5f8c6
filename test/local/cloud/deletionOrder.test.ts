import assert from "node:assert/strict";
import { deletionOrder } from "../../../local/cloud/deletionOrder";
import type { StoredResource } from "../../../local/cloud/state";

function resource(urn: string, dependencies: string[] = [], more: Partial<StoredResource> = {}): StoredResource {
    return {
        urn,
        type: "t",
        name: urn,
        id: urn,
        custom: true,
        inputs: {},
        outputs: {},
        dependencies,
        deleteBeforeReplace: false,
        retainOnDelete: false,
        serial: 1,
        ...more,
    };
}

const order = (resources: StoredResource[], seed: number): string =>
    deletionOrder(resources, seed)
        .map(({ urn }) => urn)
        .join(" ");

describe("local/cloud/deletionOrder", () => {
    it("deletes a resource after all that depend on it, with every seed", () => {
        const chain = [resource("bucket"), resource("policy", ["bucket"]), resource("object", ["bucket", "policy"])];
        for (let seed = 0; seed < 50; seed += 1) {
            assert.equal(order(chain, seed), "object policy bucket");
        }
    });

    it("deletes children before their parent", () => {
        const family = [resource("parent"), resource("child", [], { parent: "parent" })];
        for (let seed = 0; seed < 20; seed += 1) {
            assert.equal(order(family, seed), "child parent");
        }
    });

    it("tries either order of independent resources, and the same one for the same seed", () => {
        const independent = [resource("a"), resource("b")];
        const seeds = Array.from({ length: 20 }, (_, seed) => seed);
        assert.deepEqual(new Set(seeds.map((seed) => order(independent, seed))), new Set(["a b", "b a"]));
        assert.deepEqual(
            seeds.map((seed) => order(independent, seed)),
            seeds.map((seed) => order(independent, seed)),
        );
    });

    it("does not count a dependency on something that stays", () => {
        assert.equal(order([resource("policy", ["bucket"])], 1), "policy");
    });

    it("deletes a replaced resource although its replacement, with the same name, depends on the same things", () => {
        const both = [resource("base"), resource("a", ["base"]), resource("a", ["base", "a"], { serial: 2 })];
        assert.equal(deletionOrder(both, 1).length, 3);
    });

    it("names the resources of a circle", () => {
        assert.throws(() => deletionOrder([resource("a", ["b"]), resource("b", ["a"])], 1), /a, b form a circle/);
    });
});
