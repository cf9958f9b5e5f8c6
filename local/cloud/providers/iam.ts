import { createHash } from "node:crypto";
import { lastPart, text, type Core, type Kind, type Values } from "./kind";
import type { PolicyDocument } from "../service";
import type { ResourceStore } from "../state";

const roleType = "aws:iam/role:Role";
const rolePolicyType = "aws:iam/rolePolicy:RolePolicy";
const attachmentType = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

export function iamKinds(core: Core): Kind[] {
    return [roleKind(core), rolePolicyKind(core), attachmentKind(core)];
}

/** Gives the policies of roles, by ARN, as they are registered now; they are read anew only when a resource has changed. */
export function policyReader(resources: () => ResourceStore): (roleArn: string) => readonly PolicyDocument[] {
    const known = new Map<string, PolicyDocument[]>();
    let version = -1;
    return (roleArn) => {
        const store = resources();
        if (store.version !== version) {
            known.clear();
            version = store.version;
        }
        const policies = known.get(roleArn) ?? policiesOf(store, roleArn);
        known.set(roleArn, policies);
        return policies;
    };
}

/** Documents that decide what a role may do: its inline policies and the managed ones attached to it. A role that is gone has none. */
function policiesOf(resources: ResourceStore, roleArn: string): PolicyDocument[] {
    const name = lastPart(roleArn);
    const role = resources.find(roleType, name);
    if (role === undefined) {
        return [];
    }
    const own = resources.ofType(rolePolicyType).filter(({ inputs }) => lastPart(String(inputs.role)) === name);
    const attached = resources.ofType(attachmentType).filter(({ inputs }) => lastPart(String(inputs.role)) === name);
    const inline = (role.inputs.inlinePolicies ?? []) as { policy?: string }[];
    return [
        ...[...own.map(({ inputs }) => inputs.policy), ...inline.map(({ policy }) => policy)]
            .filter((policy) => policy !== undefined)
            .map((policy) => parsePolicy(policy)),
        ...attached.map(({ inputs }) => managedPolicy(text(inputs, "policyArn"))),
    ];
}

function roleKind(core: Core): Kind {
    return {
        type: roleType,
        name: { property: "name" },
        replacedBy: ["path"],
        outputs: (inputs, id) => ({
            arn: `arn:${core.partition}:iam::${core.accountId}:role${typeof inputs.path === "string" ? inputs.path : "/"}${id}`,
            uniqueId: `AROA${createHash("sha256").update(id).digest("hex").slice(0, 16).toUpperCase()}`,
            createDate: new Date(core.clock.now()).toISOString(),
        }),
        create: ({ inputs }) => void parsePolicy(inputs.assumeRolePolicy),
        update: ({ inputs }) => void parsePolicy(inputs.assumeRolePolicy),
        delete: ({ id, inputs }) => {
            const policies = [...core.resources.ofType(rolePolicyType), ...core.resources.ofType(attachmentType)];
            if (
                inputs.forceDetachPolicies !== true &&
                policies.some((policy) => lastPart(String(policy.inputs.role)) === id)
            ) {
                throw new Error(
                    `DeleteConflict: cannot delete the role ${id}, must delete or detach its policies first`,
                );
            }
        },
    };
}

function rolePolicyKind(core: Core): Kind {
    return {
        type: rolePolicyType,
        name: { property: "name" },
        replacedBy: ["role"],
        id: (inputs) => `${lastPart(text(inputs, "role"))}:${text(inputs, "name")}`,
        create: ({ inputs }) => {
            requireRole(core, text(inputs, "role"));
            parsePolicy(inputs.policy);
        },
        update: ({ inputs }) => void parsePolicy(inputs.policy),
    };
}

function attachmentKind(core: Core): Kind {
    return {
        type: attachmentType,
        replacedBy: ["role", "policyArn"],
        id: (inputs) => `${lastPart(text(inputs, "role"))}-${lastPart(text(inputs, "policyArn"))}`,
        create: ({ inputs }) => {
            requireRole(core, text(inputs, "role"));
            managedPolicy(text(inputs, "policyArn"));
        },
    };
}

/** Throws unless the role, by name or ARN, exists. */
export function requireRole({ resources }: Core, nameOrArn: string): void {
    if (resources.find(roleType, lastPart(nameOrArn)) === undefined) {
        throw new Error(`NoSuchEntity: the role ${nameOrArn} cannot be found`);
    }
}

function parsePolicy(policy: unknown): PolicyDocument {
    try {
        const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as PolicyDocument;
        if (typeof document === "object" && document !== null && document.Statement !== undefined) {
            return document;
        }
    } catch {
        // Told below, like any other text that is no policy.
    }
    throw new Error(`MalformedPolicyDocument: not a policy: ${JSON.stringify(policy)}`);
}

/** The managed policies that the embedded cloud knows, by the end of their ARN. */
const managed: Readonly<Record<string, readonly string[]>> = {
    AWSLambdaBasicExecutionRole: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
};

function managedPolicy(arn: string): PolicyDocument {
    const actions = managed[lastPart(arn)];
    if (actions === undefined) {
        throw new Error(
            `the embedded cloud does not know the managed policy ${arn}; write its statements into an aws.iam.RolePolicy`,
        );
    }
    const document: Values = {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
    };
    return document as unknown as PolicyDocument;
}
