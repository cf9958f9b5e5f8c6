import { LookoutMetricsClient } from "@aws-sdk/client-lookoutmetrics";
import { parseProxyFlags, type ProxyFlags } from "../proxy/options";
import { startProxy } from "../proxy/server";
import { stackEndpoint } from "../proxy/stackEndpoint";
import { projectFolder } from "./folders";
import { untilStopped } from "./untilStopped";
import { filterWarnings } from "./warnings";

/** Passes requests on until the process is told to stop, and resolves to the exit code. */
export async function run(flags: ProxyFlags): Promise<number> {
    filterWarnings(process);
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const { endpoint, region } = await parseProxyFlags(flags, process.env, (stack) =>
        stackEndpoint(stack, projectFolder),
    );
    // The SDK's usual chain: environment, profile, single sign-on, role.
    const { config } = new LookoutMetricsClient({ region });
    const proxy = await startProxy({
        port: flags.port,
        endpoint,
        region,
        credentials: () => config.credentials(),
        now: () => new Date(),
        log,
    });
    log(`signing for ${endpoint.origin} in ${region}`);
    const stopped = untilStopped(process);
    process.stdout.write(`listening on ${proxy.endpoint}\n`);
    await stopped;
    await proxy.close();
    return 0;
}
