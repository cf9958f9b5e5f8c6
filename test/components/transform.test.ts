import assert from "node:assert/strict";
import { transformed } from "../../components/transform";

interface Args {
    size: number;
    tags?: Record<string, string>;
}

describe("components/transform", () => {
    const args: Args = { size: 1, tags: { a: "b" } };
    const opts = { protect: false };

    it("gives the arguments back without a transform", () => {
        assert.deepEqual(transformed<Args>(undefined, "name", args, opts), ["name", args, opts]);
    });

    it("lays a partial over whole properties", () => {
        const [, changed] = transformed<Args>({ tags: { c: "d" } }, "name", args, opts);
        assert.deepEqual(changed, { size: 1, tags: { c: "d" } });
    });

    it("takes arguments and options from a function, which learns the name", () => {
        const result = transformed<Args>(
            (given, options, name) => [
                { ...given, size: name.length },
                { ...options, protect: true },
            ],
            "name",
            args,
            opts,
        );
        assert.deepEqual(result, ["name", { size: 4, tags: { a: "b" } }, { protect: true }]);
    });

    it("keeps the caller's objects when a function changes what it was given", () => {
        transformed<Args>(
            (given, options) => {
                given.size = 2;
                options.protect = true;
                return [given, options];
            },
            "name",
            args,
            opts,
        );
        assert.deepEqual([args.size, opts.protect], [1, false]);
    });
});
