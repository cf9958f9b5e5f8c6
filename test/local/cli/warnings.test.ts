import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { filterWarnings, isHidden } from "../../../local/cli/warnings";

const warning = (name: string, message: string, code?: string): Error =>
    Object.assign(new Error(message), { name, code });

describe("local/cli/warnings", () => {
    it("hides the AWS SDK's notice of its coming Node.js version, which has its name in the text", () => {
        assert.ok(
            isHidden(warning("Warning", "NodeVersionSupportWarning: The AWS SDK for JavaScript (v3)\nversions …")),
        );
    });

    it("hides the deprecations of dependencies by their code, and no others", () => {
        assert.ok(isHidden(warning("DeprecationWarning", "The `punycode` module is deprecated.", "DEP0040")));
        assert.ok(!isHidden(warning("DeprecationWarning", "something of ours", "DEP9999")));
    });

    it("passes every other warning on to who showed it before", () => {
        const target = new EventEmitter();
        const shown: string[] = [];
        target.on("warning", ({ message }: Error) => shown.push(message));
        filterWarnings(target as unknown as NodeJS.Process);
        target.emit("warning", warning("ExperimentalWarning", "hidden"));
        target.emit("warning", warning("MaxListenersExceededWarning", "a leak"));
        assert.deepEqual(shown, ["a leak"]);
    });
});
