import { openPostgresServer, serverPassword, testAuthority, type PostgresServer } from "../support/postgresServer";
import { calmDown, playFault } from "./playFault";
import { uploadFaults } from "./uploadFaults";
import { openChaosWorld, type ChaosSource, type ChaosWorld } from "./world";

/** A live window has 400 rows with numbers of 16,000 digits: six megabytes, which go up in two parts. */
const table = `
    create table orders (ts timestamp, region text, shop text, revenue numeric);
    insert into orders
    select ts, region, shop, 100 + 40 * sin(extract(hour from ts) * pi() / 12)
    from generate_series(timestamp '2026-03-29', timestamp '2026-03-31 23:00', interval '1 hour') ts,
         unnest(array['north', 'south']) region, unnest(array['web', 'street']) shop;
    insert into orders
    select ts, region, shop, round((1 + 0.4 * sin(extract(hour from ts) * pi() / 12))::numeric, 16000)
    from generate_series(timestamp '2026-04-01', timestamp '2026-04-02', interval '1 hour') ts,
         unnest(array['north', 'south']) region, unnest(array['web', 'street']) shop, generate_series(1, 100);`;

function postgresRows(server: PostgresServer): ChaosSource {
    return {
        config: {
            type: "postgres",
            secret: "shop-secret",
            certificateAuthority: testAuthority,
            subnetIds: ["subnet-01234567"],
            securityGroupIds: ["sg-01234567"],
        },
        load: async ({ cloud }) => {
            await server.exec(table);
            const login = { username: "postgres", password: serverPassword, host: "localhost", dbname: "shop" };
            await cloud.secrets.put("shop-secret", { ...login, port: server.port });
        },
        rows: async () => {
            const text = "select extract(epoch from ts)::bigint, region, shop, trim_scale(revenue) from orders";
            const rows = await server.exec(text);
            return rows.map(([at = "", region = "", shop = "", revenue = ""]) => ({ at, region, shop, revenue }));
        },
    };
}

describe("faults of an upload on the embedded cloud", function () {
    this.timeout(300_000);
    let server: PostgresServer;
    let world: ChaosWorld;
    const lines: string[] = [];
    const cutDatabase = async (): Promise<void> => {
        await server.stop();
        await server.start();
    };

    before(async () => {
        server = await openPostgresServer();
        world = await openChaosWorld(postgresRows(server));
        await world.play(1);
        await world.check();
    });
    after(async () => {
        await world.close();
        await server.close();
        process.stdout.write(`\n${["fault │ ticks │ told", ...lines].map((line) => `      ${line}`).join("\n")}\n\n`);
    });

    afterEach(async function () {
        await calmDown(world, this.currentTest?.state === "failed");
    });

    for (const fault of uploadFaults(cutDatabase))
        it(`leave every row there and scored once, the watermark right and the operators told once: ${fault.name}`, async () => {
            lines.push(await playFault(world, fault));
        });
});
