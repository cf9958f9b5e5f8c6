import { Sha256 } from "@aws-crypto/sha256-js";
import { LookoutMetricsClient, type LookoutMetricsClientConfig } from "@aws-sdk/client-lookoutmetrics";
import { SignatureV4 } from "@smithy/signature-v4";

/** Where a detection service answers and how its requests are signed. */
export interface DetectionEndpoint {
    /** Base URL, with or without a trailing slash. */
    readonly endpoint: string;
    /** SigV4 service name: `lambda` behind our own function URL, else `lookoutmetrics`. */
    readonly signing: string;
    readonly region: string;
    /** @default the SDK's usual chain: environment, profile, role. */
    readonly credentials?: LookoutMetricsClientConfig["credentials"];
}

/** One metric over a stretch of time, as `explain` wants it named. */
export interface ExplainRequest {
    readonly AnomalyDetectorArn: string;
    /** The measure. */
    readonly MetricName: string;
    /** One value for each dimension of the metric set. */
    readonly Dimensions: Readonly<Record<string, string>>;
    /** Start of the first interval, ISO 8601. */
    readonly StartTime: string;
    /** End of the stretch, exclusive, ISO 8601. */
    readonly EndTime: string;
}

/** One interval of a metric: what was seen, what was expected, how odd it is. */
export interface ExplainedPoint {
    /** Start of the interval, `2026-01-01T00:00:00Z`. */
    readonly timestamp: string;
    /** Null where the metric has no value in the interval. */
    readonly value: number | null;
    readonly expected: number | null;
    readonly lower: number | null;
    readonly upper: number | null;
    /** 0 to 100. */
    readonly severity: number;
}

export interface Detection {
    /** The operations of the Lookout for Metrics API. */
    readonly api: LookoutMetricsClient;
    /** Asks the service to score what has been committed since; answers when the work is accepted, not when it is done. */
    advance(arn: string): Promise<void>;
    /** Values, expectations and bands of one metric, oldest first; intervals that were neither learned from nor scored are left out. */
    explain(request: ExplainRequest): Promise<readonly ExplainedPoint[]>;
}

/** Opens the detection service behind an endpoint: the official client, and the calls that the service offers beside its API. */
export function openDetection({ endpoint, signing, region, credentials }: DetectionEndpoint): Detection {
    // The client honours a signing name of its own, although its type does not list it.
    const config: LookoutMetricsClientConfig & { signingName: string } = {
        endpoint,
        region,
        signingName: signing,
        ...(credentials === undefined ? {} : { credentials }),
    };
    const api = new LookoutMetricsClient(config);
    const signer = new SignatureV4({
        service: signing,
        region,
        credentials: () => api.config.credentials(),
        sha256: Sha256,
        applyChecksum: true,
    });
    const post = signedPost(endpoint, signer);
    return {
        api,
        advance: async (arn) => {
            await post("/lookout/v1/advance", { AnomalyDetectorArn: arn });
        },
        explain: async (request) => {
            const answer = (await post("/lookout/v1/explain", request)) as { points: ExplainedPoint[] };
            return answer.points;
        },
    };
}

/** Posts JSON and gives the JSON answer; throws an error with the service's own name and text when it refuses. */
function signedPost(endpoint: string, signer: SignatureV4) {
    return async (path: string, value: object): Promise<unknown> => {
        const url = new URL(endpoint.replace(/\/$/, "") + path);
        const body = JSON.stringify(value);
        const { headers } = await signer.sign({
            method: "POST",
            protocol: url.protocol,
            hostname: url.hostname,
            ...(url.port === "" ? {} : { port: Number(url.port) }),
            path: url.pathname,
            query: {},
            headers: { host: url.host, "content-type": "application/json" },
            body,
        });
        const answer = await fetch(url, { method: "POST", headers: withoutHost(headers), body });
        const text = await answer.text();
        if (!answer.ok) throw refusal(path, answer, text);
        return text === "" ? {} : (JSON.parse(text) as unknown);
    };
}

/** `fetch` sets the host header itself. */
function withoutHost({ host: _host, ...headers }: Record<string, string>): Record<string, string> {
    return headers;
}

/** The service's refusal as an error that looks like the official client's: `name` is the error's type. */
function refusal(path: string, answer: Response, text: string): Error {
    const message = /"Message"\s*:\s*"((?:[^"\\]|\\.)*)"/i.exec(text)?.[1] ?? text.slice(0, 200);
    const error = new Error(`the detection service refused ${path} with status ${answer.status}: ${message}`);
    error.name = answer.headers.get("x-amzn-errortype")?.split(":")[0] ?? "DetectionServiceError";
    return Object.assign(error, { status: answer.status });
}
