import type { RedshiftClient } from "@aws-sdk/client-redshift";
import type { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { setTimeout as sleep } from "node:timers/promises";
import { NotFoundError, SourceBusyError } from "../../errors";
import type { Attacher, OpenedSource } from "../metricSource";
import type { RedshiftConfig } from "./config";
import { sortFailure } from "./failures";
import { findDatabase } from "./secret";

/** What the attacher talks through; a test puts its own in. Clients are made on first use, and only the one that is needed. */
export interface AttachTools {
    readonly secrets: SecretsManagerClient;
    cluster(): Promise<RedshiftClient>;
    serverless(): Promise<RedshiftServerlessClient>;
    /** Waits so many milliseconds. */
    readonly sleep: (milliseconds: number) => Promise<unknown>;
}

type Change = "attach" | "detach";

/** Milliseconds before each further try while the database is being changed by somebody else; together below a minute. */
const retryDelaysMs: readonly number[] = [1000, 2000, 4000, 8000, 15_000, 20_000];

/** Answers that mean "not now": a cluster, a namespace or its workgroup is in the middle of another change. */
const busyNames: ReadonlySet<string> = new Set([
    "InvalidClusterState",
    "InvalidClusterStateFault",
    "ConflictException",
]);

const missingNames: ReadonlySet<string> = new Set([
    "ClusterNotFound",
    "ClusterNotFoundFault",
    "ResourceNotFoundException",
]);

/**
 * Adds the program's role to the roles that the database may assume, and takes it away again; every other role stays. A cluster has an
 * operation for just that. A serverless namespace only takes its whole list, which is therefore read, changed and read again.
 * Detaching from a database, or through a secret, that is gone is no error.
 */
export function openAttacher(
    source: Omit<OpenedSource<RedshiftConfig>, "unloadRoleArn">,
    tools: AttachTools = openTools(source.region),
): Attacher {
    return {
        attach: (roleArn) => change(source, tools, "attach", roleArn),
        async detach(roleArn) {
            try {
                await change(source, tools, "detach", roleArn);
            } catch (error) {
                if (!(error instanceof NotFoundError)) {
                    throw error;
                }
            }
        },
    };
}

function openTools(region: string): AttachTools {
    return {
        secrets: new SecretsManagerClient({ region }),
        cluster: async () => new (await import("@aws-sdk/client-redshift")).RedshiftClient({ region }),
        serverless: async () =>
            new (await import("@aws-sdk/client-redshift-serverless")).RedshiftServerlessClient({ region }),
        sleep,
    };
}

type Source = Omit<OpenedSource<RedshiftConfig>, "unloadRoleArn">;

async function change(source: Source, tools: AttachTools, action: Change, roleArn: string): Promise<void> {
    const { workgroup } = source.config;
    const once =
        workgroup === undefined
            ? () => changeCluster(source, tools, action, roleArn)
            : () => changeNamespace(workgroup, tools, action, roleArn);
    for (const delay of [...retryDelaysMs, undefined]) {
        try {
            if (await once()) {
                return;
            }
        } catch (error) {
            const sorted = sortAttachFailure(error, source.name, action, roleArn);
            if (!(sorted instanceof SourceBusyError) || delay === undefined) {
                throw sorted;
            }
        }
        await tools.sleep(delay ?? 0);
    }
    throw new SourceBusyError(
        `Source ${source.name}: the namespace of workgroup ${workgroup} did not keep the change of its roles (${action} ${roleArn}); ` +
            "something else changes them at the same time. Run pulumi up again.",
        { source: source.name },
    );
}

/** True when the cluster has, or no longer has, the role. */
async function changeCluster(source: Source, tools: AttachTools, action: Change, roleArn: string): Promise<boolean> {
    const { cluster } = await findDatabase(source, tools.secrets);
    const { ModifyClusterIamRolesCommand } = await import("@aws-sdk/client-redshift");
    const roles = action === "attach" ? { AddIamRoles: [roleArn] } : { RemoveIamRoles: [roleArn] };
    const client = await tools.cluster();
    try {
        await client.send(new ModifyClusterIamRolesCommand({ ClusterIdentifier: cluster, ...roles }));
    } catch (error) {
        if (!isDoneAlready(error, action)) {
            throw error;
        }
    }
    return true;
}

/** True when the namespace's list was found as it should be; false when it has just been written and must be looked at again. */
async function changeNamespace(
    workgroup: string,
    tools: AttachTools,
    action: Change,
    roleArn: string,
): Promise<boolean> {
    const { GetNamespaceCommand, GetWorkgroupCommand, UpdateNamespaceCommand } =
        await import("@aws-sdk/client-redshift-serverless");
    const client = await tools.serverless();
    const found = await client.send(new GetWorkgroupCommand({ workgroupName: workgroup }));
    const namespaceName = found.workgroup?.namespaceName;
    const { namespace } = await client.send(new GetNamespaceCommand({ namespaceName }));
    const roles = (namespace?.iamRoles ?? []).map(roleArnOf);
    if (roles.includes(roleArn) === (action === "attach")) {
        return true;
    }
    const iamRoles = action === "attach" ? [...roles, roleArn] : roles.filter((role) => role !== roleArn);
    await client.send(new UpdateNamespaceCommand({ namespaceName, iamRoles }));
    return false;
}

/** The service lists roles as `IamRole(applyStatus=in-sync, iamRoleArn=arn:…)`, in either order, and takes bare ARNs. */
function roleArnOf(listed: string): string {
    return /arn:[^\s,()]+/.exec(listed)?.[0] ?? listed;
}

/** The service may call a repeated change invalid; in its own words it then says that the role is, or is not, there. */
function isDoneAlready(error: unknown, action: Change): boolean {
    const message = error instanceof Error ? error.message : "";
    return action === "attach"
        ? /already (associated|attached|exists|added)/i.test(message)
        : /not (currently )?(associated|attached)/i.test(message);
}

function sortAttachFailure(error: unknown, source: string, action: Change, roleArn: string): Error {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    const doing = `${action === "attach" ? "attaching" : "detaching"} the role ${roleArn}`;
    if (error instanceof NotFoundError) {
        return error;
    }
    if (missingNames.has(name)) {
        const text = `Source ${source}: ${doing} failed: ${message} Check the cluster or workgroup of lookout:sources.${source}.`;
        return new NotFoundError(text, { source, cause: error });
    }
    if (busyNames.has(name)) {
        return new SourceBusyError(`Source ${source}: ${doing} failed: ${message}`, { source, cause: error });
    }
    return sortFailure(error, { source, doing });
}
