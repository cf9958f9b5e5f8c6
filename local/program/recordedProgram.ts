import { resolve } from "node:path";
import { evaluate } from "../cloud/evaluation";
import type { Registration, Registrar } from "../cloud/monitor";

/** A resource that the program registered, with its inputs as plain values. */
export interface RecordedResource extends Registration {
    readonly inputs: Record<string, unknown>;
}

/** The program as it was evaluated, nothing created. */
export class RecordedProgram {
    constructor(
        readonly resources: readonly RecordedResource[],
        readonly outputs: Readonly<Record<string, unknown>>,
        readonly warnings: readonly string[],
        readonly infos: readonly string[],
    ) {}

    /** Resources of a type; `name` narrows to one. */
    all(type: string): RecordedResource[] {
        return this.resources.filter((resource) => resource.type === type);
    }

    one(type: string, name: string): RecordedResource {
        const found = this.all(type).filter((resource) => resource.name === name);
        if (found.length !== 1) {
            throw new Error(
                `${found.length} resources ${type} named ${name}; there are ${this.names(type).join(", ")}`,
            );
        }
        return found[0]!;
    }

    names(type: string): string[] {
        return this.all(type)
            .map((resource) => resource.name)
            .sort();
    }

    /** Names of everything that a resource waits for, and that waits for it on delete, directly or not. */
    dependenciesOf(resource: RecordedResource): Set<string> {
        const byUrn = new Map(this.resources.map((one) => [one.urn, one]));
        const seen = new Set<string>();
        const visit = (urn: string): void => {
            if (!seen.has(urn)) {
                seen.add(urn);
                byUrn.get(urn)?.dependencies.forEach(visit);
            }
        };
        resource.dependencies.forEach(visit);
        return new Set([...seen].map((urn) => byUrn.get(urn)!.name));
    }

    /** What the inline policies allow, with the policy's name. */
    statements(): (PolicyStatement & { readonly policy: string })[] {
        return this.all("aws:iam/rolePolicy:RolePolicy").flatMap(({ name, inputs }) =>
            statementsOf(inputs.policy)
                .filter(({ Effect }) => Effect === "Allow")
                .map((statement) => ({ policy: name, ...statement })),
        );
    }
}

interface PolicyStatement {
    readonly Effect: "Allow" | "Deny";
    readonly Action: string[];
    readonly Resource: string[];
    readonly Condition?: unknown;
}

export function statementsOf(policy: unknown): PolicyStatement[] {
    return (JSON.parse(policy as string) as { Statement: PolicyStatement[] }).Statement;
}

/**
 * Evaluates index.ts for the stack `dev`, with configuration over that of `Pulumi.dev.yaml` (null takes a key away), as for a preview or an
 * update; creates nothing. What resources get for outputs is made up.
 */
export async function evaluateProgram(
    config: Readonly<Record<string, unknown>>,
    preview = false,
): Promise<RecordedProgram> {
    const resources: RecordedResource[] = [];
    const registrar: Registrar = {
        register: async (registration) => {
            const inputs = registration.inputs as Record<string, unknown>;
            resources.push({ ...registration, inputs });
            return registration.custom ? bringUp(registration.type, registration.name, inputs) : { outputs: inputs };
        },
        read: (type, id) => {
            throw new Error(`The program looks up ${type} ${id}, which nobody prepared`);
        },
        invoke: async (token) => {
            const answer = providerFunctions[token];
            if (answer === undefined) {
                throw new Error(`The program calls ${token}, which nobody prepared`);
            }
            return answer;
        },
    };
    const projectFolder = resolve(__dirname, "..", "..");
    const program = { projectFolder, stack: "dev", config, preview };
    const { outputs, warnings, infos } = await evaluate(program, registrar);
    return new RecordedProgram(resources, outputs, warnings, infos);
}

const providerFunctions: Readonly<Record<string, Record<string, unknown>>> = {
    "aws:index/getPartition:getPartition": { partition: "aws" },
    "aws:index/getRegion:getRegion": { region: "us-east-1" },
    "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
};

/** Services by the resource types that have an ARN which others are given. */
const arnForms: Readonly<Record<string, (name: string) => string>> = {
    "aws:cloudwatch/eventRule:EventRule": (name) => `arn:aws:events:us-east-1:123456789012:rule/${name}`,
    "aws:cloudwatch/logGroup:LogGroup": (name) => `arn:aws:logs:us-east-1:123456789012:log-group:${name}`,
    "aws:iam/role:Role": (name) => `arn:aws:iam::123456789012:role/${name}`,
    "aws:lambda/layerVersion:LayerVersion": (name) => `arn:aws:lambda:us-east-1:123456789012:layer:${name}:1`,
    "aws:lambda/function:Function": (name) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    "aws:s3/bucket:Bucket": (name) => `arn:aws:s3:::${name}`,
    "aws:sfn/stateMachine:StateMachine": (name) => `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`,
    "aws:sqs/queue:Queue": (name) => `arn:aws:sqs:us-east-1:123456789012:${name}`,
    "aws:sns/topic:Topic": (name) => `arn:aws:sns:us-east-1:123456789012:${name}`,
};

function bringUp(type: string, logicalName: string, { code: _code, ...inputs }: Record<string, unknown>) {
    const name = typeof inputs.name === "string" ? inputs.name : `${logicalName}-1234567`;
    const arn = arnForms[type]?.(name);
    return {
        id: name,
        outputs: {
            ...inputs,
            name,
            ...(arn === undefined ? {} : { arn }),
            ...(type === "aws:s3/bucket:Bucket" ? { bucket: name } : {}),
            ...(type === "aws:sqs/queue:Queue" ? { url: `https://sqs.test/123456789012/${name}` } : {}),
            ...(type === "aws:lambda/functionUrl:FunctionUrl"
                ? { functionUrl: `https://${name}.lambda-url.test/` }
                : {}),
            ...(type === "aws:ec2/vpcEndpoint:VpcEndpoint" ? { dnsEntries: [{ dnsName: `${name}.vpce.test` }] } : {}),
        },
    };
}
