import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runLookout, startLookout, type Started } from "../../support/lookoutCommand";

describe("the commands of the detection service", () => {
    let folder = "";
    const started: Started[] = [];
    beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "lookout-command-"))));
    afterEach(async () => {
        for (const { process: child, ended } of started.splice(0)) {
            child.kill("SIGKILL");
            await ended;
        }
        await rm(folder, { recursive: true, force: true });
    });

    function start(...args: string[]): Started {
        const command = startLookout(folder, ...args);
        started.push(command);
        return command;
    }

    const status = async (endpoint: string): Promise<object> =>
        (await (await fetch(`${endpoint}/-/status`)).json()) as object;

    it("serve until they are told to stop, with one line when they are ready", async () => {
        for (const signal of ["SIGTERM", "SIGINT"] as const) {
            const service = start(
                "serve",
                "--port",
                "0",
                "--dir",
                "service",
                "--simulate",
                "--now",
                "2026-04-01T00:00:00Z",
            );
            const endpoint = await service.endpoint;
            assert.deepEqual(await status(endpoint), { now: "2026-04-01T00:00:00.000Z", simulated: true, jobs: 0 });
            service.process.kill(signal);
            const { code, out, err } = await service.ended;
            assert.deepEqual([code, out, err], [0, `listening on ${endpoint}\n`, ""]);
        }
        assert.deepEqual((await readdir(path.join(folder, "service"))).includes("lock.json"), false);
    });

    it("go on after they were killed, and refuse a folder that another has", async () => {
        const first = start("serve", "--port", "0", "--dir", "service");
        const endpoint = await first.endpoint;
        const second = await runLookout(folder, "serve", "--port", "0", "--dir", "service");
        assert.deepEqual([second.code, second.out], [1, ""]);
        assert.match(second.err, /^lookout: .*service is in use by lookout serve \(process \d+\); stop that first/);
        assert.equal((await fetch(`${endpoint}/ListAnomalyDetectors`, { method: "POST", body: "{}" })).status, 200);
        first.process.kill("SIGKILL");
        assert.equal((await first.ended).code, "SIGKILL");
        await start("serve", "--port", "0", "--dir", "service").endpoint;
    });

    it("name the flag that is wrong, and say what would be right", async () => {
        const wrong: [string[], RegExp][] = [
            [["serve", "--port", "http"], /--port <number>.* argument 'http' is invalid\. It must be a port/],
            [
                ["serve", "--bucket", "data"],
                /--bucket <name=folder>.*It must be NAME=FOLDER, such as shop-data=\.\/data/,
            ],
            [["serve", "--now", "tomorrow", "--simulate"], /--now <time>.*It must be an instant with its zone/],
            [["serve", "--now", "2026-01-01T00:00:00Z"], /--now sets a simulated clock; add --simulate/],
            [["serve", "--simulate"], /--simulate needs a time to begin with; add --now/],
            [["serve", "--s3-endpoint", "localhost:9000"], /--s3-endpoint <url>.*It must be a URL, such as http/],
            [["serve", "--region", "Europe"], /--region <name>.*It must be the name of a region, such as us-east-1/],
            [["serve", "--account", "42"], /--account <digits>.*It must be the 12 digits/],
            [["proxy"], /give either --stack ENV.* or --endpoint URL/],
            [["proxy", "--endpoint", "here"], /--endpoint <url>.*It must be a URL/],
            [["sample-data", "x", "--history-days", "3"], /--history-days <number>.*whole number from 8 to 365/],
        ];
        for (const [args, message] of wrong) {
            const { code, err } = await runLookout(folder, ...args);
            assert.equal(code, 1, args.join(" "));
            assert.match(err, message);
        }
    });

    it("write the sample's files once", async () => {
        const args = ["sample-data", "data", "--history-days", "8", "--live-days", "1"];
        const { code, out } = await runLookout(folder, ...args);
        assert.equal(code, 0);
        assert.match(out, /Wrote 4,536 rows in 25 files below data\/ecommerce/);
        assert.deepEqual(await readdir(path.join(folder, "data/ecommerce/live/20260401/0300")), ["20260401_0300.csv"]);
        const again = await runLookout(folder, ...args);
        assert.deepEqual([again.code, /data\/ecommerce is not empty; name another folder/.test(again.err)], [1, true]);
    });

    it("sign for the region that a function URL names", async () => {
        const proxy = start("proxy", "--port", "0", "--endpoint", "https://abc.lambda-url.eu-west-1.on.aws");
        await proxy.endpoint;
        proxy.process.kill("SIGTERM");
        const { code, err } = await proxy.ended;
        assert.deepEqual([code, err], [0, "signing for https://abc.lambda-url.eu-west-1.on.aws in eu-west-1\n"]);
    });

    it("tell all their options, each with examples", async () => {
        for (const [command, ...options] of [
            ["serve", "--port", "--dir", "--bucket", "--s3-endpoint", "--region", "--account", "--simulate", "--now"],
            ["proxy", "--stack", "--endpoint", "--region", "--port"],
            ["import", "--query", "--name", "--history", "--out"],
            ["sample-data", "--history-days", "--live-days"],
        ] as const) {
            const { out } = await runLookout(folder, command, "--help");
            for (const option of options) assert.ok(out.includes(option), `${command} ${option}`);
            assert.match(out, new RegExp(`Examples:\\n(.*\\n)*.*\\$ lookout ${command}`));
        }
    });
});
