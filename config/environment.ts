import { ConfigError, type Problem } from "../errors";

/** What the program tells its functions. */
export interface Environment {
    /** Name of the stack's bucket. */
    readonly bucket: string;
    /** `<project>/<stack>`. */
    readonly stack: string;
    /** Base URL of the detection API. */
    readonly endpoint: string;
    /** Signing name of requests to it: `lambda` for our own function URL. */
    readonly endpointSigning: "lambda" | "lookoutmetrics";
    /** ARN of the state machine that extracts live windows. */
    readonly liveMachine: string;
    /** ARN of the state machine that extracts history. */
    readonly backfillMachine: string;
    /** ARN of the topic that tells the operators. */
    readonly topic: string;
    /** The source that this extractor reads; `config` is validated by the source's own schema. */
    readonly source: { readonly name: string; readonly config: unknown; readonly unloadRoleArn?: string };
    /** Name of the detection worker's function. */
    readonly worker: string;
    /** ARN of the state machine that learns large detectors in shards. */
    readonly learnMachine: string;
    /** What the detection service may reach beyond the stack's bucket, as lists of ARNs; see `detection/access.ts`. */
    readonly access: { readonly roles: readonly string[]; readonly targets: readonly string[] };
    /** Limits of the API that differ from its own; see `detection/api/limits.ts`. */
    readonly limits: Readonly<Partial<Record<string, number>>>;
    /** Queue of alerts that cannot be delivered, and where links in messages begin, if anywhere. */
    readonly delivery: { readonly deadLetters: string; readonly consoleUrl?: string };
    /** Account that the functions run in. */
    readonly account: string;
    /** Region that the functions run in. */
    readonly region: string;
}

/** How one variable is read: its name, and its value from the text, undefined when the text is wrong. */
interface Variable<Value> {
    readonly name: string;
    /** What the text has to be, for the message. */
    readonly expected: string;
    readonly read: (text: string) => Value | undefined;
}

const plain = (name: string, expected: string): Variable<string> => ({ name, expected, read: (text) => text });

const variables: { readonly [Key in keyof Environment]: Variable<Environment[Key]> } = {
    bucket: plain("LOOKOUT_BUCKET", "the name of the stack's bucket"),
    stack: plain("LOOKOUT_STACK", "<project>/<stack>"),
    endpoint: {
        name: "LOOKOUT_ENDPOINT",
        expected: "the URL of the detection API",
        read: (text) => (URL.canParse(text) ? text : undefined),
    },
    endpointSigning: {
        name: "LOOKOUT_ENDPOINT_SIGNING",
        expected: "lambda or lookoutmetrics",
        read: (text) => (text === "lambda" || text === "lookoutmetrics" ? text : undefined),
    },
    liveMachine: plain("LOOKOUT_LIVE_MACHINE", "the ARN of the live state machine"),
    backfillMachine: plain("LOOKOUT_BACKFILL_MACHINE", "the ARN of the backfill state machine"),
    topic: plain("LOOKOUT_TOPIC", "the ARN of the operations topic"),
    source: { name: "LOOKOUT_SOURCE", expected: 'JSON of {"name", "config", "unloadRoleArn"}', read: readSource },
    worker: plain("LOOKOUT_WORKER", "the name of the detection worker's function"),
    learnMachine: plain("LOOKOUT_LEARN_MACHINE", "the ARN of the learning state machine"),
    access: { name: "LOOKOUT_ACCESS", expected: 'JSON of {"roles", "targets"}, lists of ARNs', read: readAccess },
    limits: { name: "LOOKOUT_LIMITS", expected: "JSON of limits by name, whole numbers", read: readLimits },
    delivery: { name: "LOOKOUT_DELIVERY", expected: 'JSON of {"deadLetters", "consoleUrl"}', read: readDelivery },
    account: plain("LOOKOUT_ACCOUNT", "the account's number"),
    region: plain("AWS_REGION", "the region's name"),
};

/**
 * The wanted parts of a function's environment. Throws one ConfigError that names every variable that is missing or wrong; their
 * values are not shown.
 */
export function readEnvironment<Key extends keyof Environment>(
    env: NodeJS.ProcessEnv,
    wanted: readonly Key[],
): Pick<Environment, Key> {
    const problems: Problem[] = [];
    const values: Partial<Record<Key, unknown>> = {};
    for (const key of wanted) {
        const { name, expected, read } = variables[key];
        const text = env[name] ?? "";
        const value = text === "" ? undefined : read(text);
        if (value === undefined) {
            const finding = `${text === "" ? "is not set" : "cannot be read"}; expected ${expected}`;
            problems.push({
                key: name,
                finding,
                fix: "deploy the stack again (pulumi up), which sets the function's environment",
            });
        }
        values[key] = value;
    }
    if (problems.length > 0) {
        throw new ConfigError(problems);
    }
    return values as Pick<Environment, Key>;
}

function readSource(text: string): Environment["source"] | undefined {
    const source = parse<Environment["source"]>(text);
    return typeof source?.name === "string" && source.config !== undefined
        ? (source as Environment["source"])
        : undefined;
}

function readAccess(text: string): Environment["access"] | undefined {
    const access = parse<Environment["access"]>(text);
    return Array.isArray(access?.roles) && Array.isArray(access.targets)
        ? (access as Environment["access"])
        : undefined;
}

function readLimits(text: string): Environment["limits"] | undefined {
    const limits = parse<Environment["limits"]>(text);
    return typeof limits === "object" && Object.values(limits).every(Number.isSafeInteger) ? limits : undefined;
}

function readDelivery(text: string): Environment["delivery"] | undefined {
    const delivery = parse<Environment["delivery"]>(text);
    return typeof delivery?.deadLetters === "string" ? (delivery as Environment["delivery"]) : undefined;
}

function parse<Value>(text: string): Partial<Value> | undefined {
    try {
        return (JSON.parse(text) as Partial<Value> | null) ?? undefined;
    } catch {
        return undefined;
    }
}
