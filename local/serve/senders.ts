import { appendFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type * as AwsSenders from "../../alerts/senders";
import { alertLine, type SentAlert } from "./alertLine";

/** Loads a module of ours when it is needed: `import()` would not find TypeScript here. */
const load = createRequire(__filename);
type Senders = AwsSenders.Senders;

export interface SendersOptions {
    /** Where what was told is kept, one JSON object a line, for programs: `alerts.jsonl`. */
    readonly folder: string;
    /** Tells where topics and functions can be reached, as it tells every AWS SDK. */
    readonly environment: NodeJS.ProcessEnv;
    readonly log: (line: string) => void;
}

/**
 * Alerts on a laptop: each is told as a line for people and kept in a file. Topics and functions are called where an endpoint for them
 * is set in the environment (AWS_ENDPOINT_URL_SNS, AWS_ENDPOINT_URL_LAMBDA, or AWS_ENDPOINT_URL for both), and nowhere else: a try-out
 * wakes nobody at night.
 */
export function openSenders({ folder, environment, log }: SendersOptions): Senders {
    const aws = awsAt(environment);
    const tell = async (alert: SentAlert): Promise<void> => {
        await appendFile(path.join(folder, "alerts.jsonl"), `${JSON.stringify(alert)}\n`);
        log(alertLine(alert));
    };
    return {
        publish: async (target, message, on) => {
            const isSent = isSet(environment, "SNS");
            if (isSent) await (await aws()).publish(target, message, on);
            const { subject, text } = message;
            await tell({ target, isSent, ...(subject === undefined ? {} : { subject }), text });
        },
        invoke: async (target, payload, on) => {
            const isSent = isSet(environment, "LAMBDA");
            if (isSent) await (await aws()).invoke(target, payload, on);
            await tell({ target, isSent, text: payload });
        },
        deadLetter: async (letter) => {
            await appendFile(path.join(folder, "undeliverable.jsonl"), `${letter}\n`);
            log(`an alert could not be delivered and is kept in ${path.join(folder, "undeliverable.jsonl")}`);
        },
    };
}

const isSet = (environment: NodeJS.ProcessEnv, service: "SNS" | "LAMBDA"): boolean =>
    Boolean(environment[`AWS_ENDPOINT_URL_${service}`] || environment.AWS_ENDPOINT_URL);

/** The AWS senders, loaded when they are first needed: the SDK takes longer to load than the rest of the service. */
function awsAt(environment: NodeJS.ProcessEnv): () => Promise<Senders> {
    let opening: Promise<Senders> | undefined;
    const open = async (): Promise<Senders> => {
        const { SNSClient } = await import("@aws-sdk/client-sns");
        const { LambdaClient } = await import("@aws-sdk/client-lambda");
        const { SQSClient } = await import("@aws-sdk/client-sqs");
        const { awsSenders } = load("../../alerts/senders") as typeof AwsSenders;
        const endpointOf = (service: "SNS" | "LAMBDA") =>
            environment[`AWS_ENDPOINT_URL_${service}`] || environment.AWS_ENDPOINT_URL;
        return awsSenders({
            sns: (region) => new SNSClient({ region, endpoint: endpointOf("SNS") }),
            lambda: (region) => new LambdaClient({ region, endpoint: endpointOf("LAMBDA"), maxAttempts: 1 }),
            sqs: new SQSClient({ region: "us-east-1" }),
            // Dead letters stay here.
            deadLetters: "",
        });
    };
    return () => (opening ??= open());
}
