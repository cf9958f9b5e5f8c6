import { setTimeout } from "node:timers/promises";
import { Sha256 } from "@aws-crypto/sha256-js";
import { LookoutMetricsClient, type LookoutMetricsClientConfig } from "@aws-sdk/client-lookoutmetrics";
import { SignatureV4 } from "@smithy/signature-v4";
import type { DetectorOptions } from "../pipeline/detectorOptions";

/** Where a detection service answers and how its requests are signed. */
export interface DetectionEndpoint {
    /** Base URL, with or without a trailing slash. */
    readonly endpoint: string;
    /** SigV4 service name: `lambda` behind our own function URL, else `lookoutmetrics`. */
    readonly signing: string;
    readonly region: string;
    /** @default the SDK's usual chain: environment, profile, role. */
    readonly credentials?: LookoutMetricsClientConfig["credentials"];
    /** Waits some milliseconds before a call beside the API is tried again. @default a timer. */
    readonly pause?: (ms: number) => Promise<unknown>;
}

/** Milliseconds that a call beside the API may take, each try of it. */
const callTimeoutMs = 10_000;
/** Milliseconds before each further try; short, as the caller is a function that is paid for by time. */
const pausesMs = [200, 1000];

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
    /** Says what the data cannot tell. Refused with ConflictException when a ratio changes while the detector is at work. */
    putOptions(arn: string, options: DetectorOptions): Promise<void>;
}

/** Opens the detection service behind an endpoint: the official client, and the calls that the service offers beside its API. */
export function openDetection({ endpoint, signing, region, credentials, pause }: DetectionEndpoint): Detection {
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
    const post = signedPost(endpoint, signer, pause ?? setTimeout);
    return {
        api,
        advance: async (arn) => {
            await post("/lookout/v1/advance", { AnomalyDetectorArn: arn });
        },
        explain: async (request) => {
            const answer = (await post("/lookout/v1/explain", request)) as { points: ExplainedPoint[] };
            return answer.points;
        },
        putOptions: async (arn, options) => {
            await post("/lookout/v1/putOptions", { AnomalyDetectorArn: arn, Options: options });
        },
    };
}

/**
 * Posts JSON and gives the JSON answer. Tries again when nothing answers in time, or the answer is 429 or 5xx: the calls may all be
 * repeated. Throws an error with the service's own name and text when it refuses.
 */
function signedPost(endpoint: string, signer: SignatureV4, pause: (ms: number) => Promise<unknown>) {
    return async (path: string, value: object): Promise<unknown> => {
        const url = new URL(endpoint.replace(/\/$/, "") + path);
        const body = JSON.stringify(value);
        for (let tries = 0; ; tries += 1) {
            const outcome = await tryPost(url, body, signer);
            if (!(outcome instanceof CallError)) return outcome.value;
            const pauseMs = pausesMs[tries];
            if (pauseMs === undefined || !outcome.mayPass) throw outcome;
            await pause(pauseMs);
        }
    };
}

/** One try, signed by the time it is made at. */
async function tryPost(url: URL, body: string, signer: SignatureV4): Promise<{ readonly value: unknown } | CallError> {
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
    try {
        const signal = AbortSignal.timeout(callTimeoutMs);
        const answer = await fetch(url, { method: "POST", headers: withoutHost(headers), body, signal });
        const text = await answer.text();
        if (!answer.ok) return refusal(url, answer, text);
        return { value: text === "" ? {} : (JSON.parse(text) as unknown) };
    } catch (cause) {
        return noAnswer(url, cause);
    }
}

/** `fetch` sets the host header itself. */
function withoutHost({ host: _host, ...headers }: Record<string, string>): Record<string, string> {
    return headers;
}

/** A call that did not succeed; `name` is the error's type, as the official client has it. */
class CallError extends Error {
    /** HTTP status; absent when nothing answered. */
    readonly status?: number;

    constructor(name: string, message: string, { status, cause }: { status?: number; cause?: unknown }) {
        super(message, cause === undefined ? undefined : { cause });
        this.name = name;
        if (status !== undefined) this.status = status;
    }

    /** True when the same call may succeed in a moment. */
    get mayPass(): boolean {
        return this.status === undefined || this.status === 429 || this.status >= 500;
    }
}

function refusal(url: URL, answer: Response, text: string): CallError {
    const message = /"Message"\s*:\s*"((?:[^"\\]|\\.)*)"/i.exec(text)?.[1] ?? text.slice(0, 200);
    return new CallError(
        answer.headers.get("x-amzn-errortype")?.split(":")[0] ?? "DetectionServiceError",
        `the detection service at ${url.origin} refused ${url.pathname} with status ${answer.status}: ${message}`,
        { status: answer.status },
    );
}

function noAnswer(url: URL, cause: unknown): CallError {
    const { message, cause: reason } = cause as Error;
    const why = reason instanceof Error && reason.message !== "" ? reason.message : message;
    return new CallError(
        "DetectionServiceError",
        `the detection service at ${url.origin} gave no usable answer to ${url.pathname}: ${why}`,
        { cause },
    );
}
