import { UsageError } from "../serve/options";

/** Flags of `lookout proxy`, each already of its form. */
export interface ProxyFlags {
    readonly port: number;
    readonly stack?: string;
    readonly endpoint?: string;
    readonly region?: string;
}

/**
 * Where to send requests and for which region to sign them. `ask` gives the endpoint of a stack. Throws UsageError, which names the
 * flag.
 */
export async function parseProxyFlags(
    { stack, endpoint, region }: ProxyFlags,
    environment: NodeJS.ProcessEnv,
    ask: (stack: string) => Promise<string>,
): Promise<{ readonly endpoint: URL; readonly region: string }> {
    if ((stack === undefined) === (endpoint === undefined))
        throw new UsageError(
            "give either --stack ENV, whose endpoint is asked of Pulumi, or --endpoint URL" +
                (stack === undefined ? "" : "; not both"),
        );
    const url = new URL(endpoint ?? (await ask(stack!)));
    const found = region ?? regionOf(url) ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
    if (found === undefined || found === "")
        throw new UsageError(`--region is missing: ${url.host} does not tell its region; add --region us-east-1, say`);
    return { endpoint: url, region: found };
}

/** The region that a function URL names. */
export function regionOf({ hostname }: URL): string | undefined {
    return /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(hostname)?.[1];
}
