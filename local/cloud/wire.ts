import { AthenaService } from "./athena/athenaService";
import { FaultList } from "./faults";
import { HttpServer } from "./http";
import { judge } from "./iam";
import { RedshiftService } from "./redshift/clusterApi";
import { RedshiftDataService } from "./redshift/dataApi";
import { RedshiftServerlessService } from "./redshift/serverlessApi";
import type { StatementDelays } from "./redshift/statements";
import { Warehouses } from "./redshift/warehouses";
import { S3Service, type Authorize } from "./s3";
import { SecretsService } from "./secrets";
import type { CloudService, Wire, World } from "./service";
import { TopicsService } from "./sns";
import { QueuesService } from "./sqs";

export interface WireOptions {
    /** 0 picks a free one. */
    readonly port: number;
    /** How long statements take, in simulated milliseconds; default 0.2 s until they start, and 0.8 s then. */
    readonly statementDelays?: StatementDelays;
    /** Files that a parallel UNLOAD writes at least, when there are as many rows; default 2. */
    readonly slices?: number;
}

const defaultDelays: StatementDelays = { submittedMs: 200, startedMs: 800 };

/** Starts the server with its own services and those given. */
export async function openWire(world: World, services: readonly CloudService[], options: WireOptions): Promise<Wire> {
    const authorize: Authorize = (roleArn, need) => judge(world.policiesOf(roleArn), roleArn, need) === "allowed";
    const faults = new FaultList();
    const s3 = new S3Service(world, authorize);
    const secrets = new SecretsService(world);
    const topics = new TopicsService(world);
    const queues = new QueuesService(world);
    const warehouses = new Warehouses(world, secrets);
    const { statementDelays: delays = defaultDelays, slices = 2 } = options;
    const data = new RedshiftDataService({ world, s3, secrets, warehouses, faults, authorize, delays, slices });
    const redshift = [data, new RedshiftService(warehouses), new RedshiftServerlessService(world, warehouses)];
    const athena = new AthenaService(world, s3, authorize);
    const server = new HttpServer(world, faults, [s3, secrets, topics, queues, athena, ...redshift, ...services]);
    const endpoint = await server.listen(options.port);
    return {
        endpoint,
        buckets: s3,
        faults,
        answer: (request) => server.answerFunction(request),
        allows: authorize,
        secrets: {
            put: async (name, value) => {
                secrets.put(name, typeof value === "string" ? value : JSON.stringify(value));
            },
            hold: (id, value) => secrets.hold(id, JSON.stringify(value)),
            delete: async (name) => {
                secrets.delete(name);
            },
        },
        topics,
        queues,
        redshift: {
            addCluster: async ({ identifier, ...rest }) => warehouses.add("cluster", identifier, rest),
            addWorkgroup: async ({ name, user = "admin", ...rest }) =>
                warehouses.add("workgroup", name, { ...rest, user }),
        },
        athena,
        close: async () => {
            await server.close();
            await athena.lake.close();
            await warehouses.close();
        },
    };
}
