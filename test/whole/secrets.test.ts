import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { metricCatalogue } from "../../operations/metricCatalogue";
import { loadOrders, openStack, ordersConfig, ordersQuery, type TestStack, warehouseSecret } from "../support/stack";

interface LogLine {
    readonly message?: string;
    readonly level?: string;
    readonly detector?: string;
    readonly source?: string;
    readonly window?: string;
    readonly _aws?: {
        readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { readonly Name: string }[] }[];
    };
}

describe("a stack that works, fails and recovers", () => {
    let stack: TestStack;
    before(async () => {
        stack = await openStack();
        await loadOrders(stack.warehouse);
        await stack.up(ordersConfig({ days: 7 }));
        await stack.work();
        await stack.hours(2);
        // The database's own messages name user and query; a refused sign-in comes nearest to naming more.
        await stack.cloud.secrets.put("warehouse-secret", { ...warehouseSecret, password: "wrong-battery" });
        await stack.hours(3);
        await stack.cloud.secrets.put("warehouse-secret", warehouseSecret);
        await stack.up(ordersConfig({ days: 7, detector: { query: `${ordersQuery} where nothing = 1` } }));
        await stack.work();
        await stack.hours(4);
    });
    after(() => stack.close());

    it("leaves no secret in its state, environments, objects, tickets, logs and messages", async () => {
        const told = stack.told().join("\n");
        const texts = [["messages", told], ...(await filesBelow(stack.cloud.folder))] as const;
        assert.ok(texts.length > 30, "hardly any file was found");
        const leaks = texts
            .filter(([name]) => !isSecretStore(name))
            .filter(([, text]) => text.includes("correct-horse") || text.includes("wrong-battery"))
            .map(([name]) => name);
        assert.deepEqual(leaks, []);
    });

    it("tells of each window in its logs, with detector, source and window, and embeds metrics", async () => {
        const lines = (await logLines(stack.cloud.folder)).filter(({ message }) => message !== undefined);
        const committed = lines.filter(({ message }) => message === "window committed");
        assert.ok(committed.length >= 3);
        for (const { detector, source, window } of committed) {
            assert.deepEqual([detector, source], ["orders", "warehouse"]);
            assert.match(window ?? "", /^\d{4}-.*Z\/\d{4}-.*Z$/);
        }
        for (const wanted of ["tick", "windows scored", "run ended: ok"])
            assert.ok(
                lines.some(({ message, _aws }) => message === wanted && _aws !== undefined),
                wanted,
            );
        const measured = lines.flatMap(({ _aws }) => _aws?.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics) ?? []);
        // Whatever an alarm or the dashboard may ask for is really sent.
        assert.deepEqual([...new Set(measured.map(({ Name }) => Name))].sort(), Object.keys(metricCatalogue).sort());
    });

    it("logs what failed as an error, with its reason", async () => {
        const failed = (await logLines(stack.cloud.folder)).filter(({ level }) => level === "ERROR");
        assert.ok(failed.some(({ message, detector }) => message === "window parked" && detector === "orders"));
    });
});

/** Where the embedded cloud keeps the secrets themselves, as Secrets Manager does, and its databases their users. */
const isSecretStore = (name: string): boolean => /^(secrets|warehouses)\b/.test(path.basename(name));

async function filesBelow(folder: string): Promise<[string, string][]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
    return Promise.all(files.map(async (file): Promise<[string, string]> => [file, await readFile(file, "utf8")]));
}

async function logLines(folder: string): Promise<LogLine[]> {
    const logs = (await filesBelow(folder)).filter(([name]) => name.includes(`${path.sep}logs${path.sep}`));
    return logs.flatMap(([, text]) =>
        text.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as LogLine] : [])),
    );
}
