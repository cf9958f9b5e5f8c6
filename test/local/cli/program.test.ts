import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";

const root = path.resolve(__dirname, "../../..");
const starter = path.join(root, "bin", "lookout.js");

interface Ended {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
}

/** Runs Node.js with these arguments and waits for its end. */
async function node(...args: string[]): Promise<Ended> {
    return new Promise((resolve) => {
        const child = execFile(process.execPath, args, { cwd: root }, (_error, out, err) =>
            resolve({ code: child.exitCode, out, err }),
        );
    });
}

const lookout = (...args: string[]): Promise<Ended> => node(starter, ...args);

describe("local/cli/program", () => {
    it("lists every command with what it does, and examples", async () => {
        const { code, out } = await lookout("--help");
        assert.equal(code, 0);
        assert.match(out, /demo \[options\] +find the anomalies/);
        assert.match(out, /down \[options\] +destroy/);
        assert.match(out, /Examples:\n {2}\$ lookout demo/);
    });

    it("shows help without loading more than the command line's parser", async () => {
        const list = `process.argv = [process.argv[0], ${JSON.stringify(starter)}, "--help"];
            process.on("exit", () => process.stderr.write(Object.keys(require.cache).join("\\n")));
            require(${JSON.stringify(starter)});`;
        const { err } = await node("-e", list);
        const loaded = err.split("\n").map((file) => path.relative(root, file).replaceAll(path.sep, "/"));
        const expected = /^(?:bin\/lookout\.js|local\/cli\/program\.js|package\.json|node_modules\/commander\/.*)$/;
        assert.deepEqual(
            loaded.filter((file) => !expected.test(file)),
            [],
        );
        assert.ok(loaded.includes("local/cli/program.js"));
    });

    it("tells each option of the demo, with an example", async () => {
        const { code, out } = await lookout("demo", "--help");
        assert.equal(code, 0);
        for (const option of ["--json", "--detectors <number>", "--resume", "--open"]) {
            assert.ok(out.includes(option), option);
        }
        assert.match(out, /\$ lookout demo --detectors 25/);
    });

    it("gives help for a named command with success", async () => {
        assert.equal((await lookout("help", "down")).code, 0);
    });

    it("refuses an unknown command, and says where the commands are listed", async () => {
        const { code, err } = await lookout("bogus");
        assert.equal(code, 1);
        assert.match(err, /unknown command 'bogus'[\s\S]*lookout --help/);
    });

    it("refuses a number of detectors that is not a whole number from 1 to 300", async () => {
        for (const text of ["0", "2.5", "301", "many"]) {
            const { code, err } = await lookout("demo", "--detectors", text);
            assert.equal(code, 1, text);
            assert.match(err, /whole number from 1 to 300/);
        }
    });
});
