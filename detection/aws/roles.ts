import { AssumeRoleCommand, type AssumeRoleCommandOutput, type STSClient } from "@aws-sdk/client-sts";
import { DataError } from "../../errors";

/** On whose account a role is assumed. */
export interface OnBehalf {
    readonly roleArn: string;
    /** ARN of the detector that the role was given with: the external id that the role's trust policy can ask for. */
    readonly detectorArn: string;
}

/** Credentials as the SDK's clients take them; they ask for new ones before these expire. */
export interface RoleCredentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    readonly expiration: Date;
}

/**
 * Gives what a client's `credentials` may be: asks STS each time that the client has none that hold. Rejects with a DataError when the role
 * does not let itself be assumed.
 */
export function assumeRole(sts: STSClient, on: OnBehalf): () => Promise<RoleCredentials> {
    return async () => {
        const { roleArn } = on;
        const { Credentials: found } = await askFor(sts, on);
        if (found?.AccessKeyId === undefined || found.SecretAccessKey === undefined || found.SessionToken === undefined)
            throw new Error(`STS gave no credentials of the role ${roleArn}`);
        return {
            accessKeyId: found.AccessKeyId,
            secretAccessKey: found.SecretAccessKey,
            sessionToken: found.SessionToken,
            expiration: found.Expiration ?? new Date(0),
        };
    };
}

async function askFor(sts: STSClient, { roleArn, detectorArn }: OnBehalf): Promise<AssumeRoleCommandOutput> {
    const request = { RoleArn: roleArn, ExternalId: detectorArn, RoleSessionName: sessionName(detectorArn) };
    try {
        return await sts.send(new AssumeRoleCommand(request));
    } catch (cause) {
        if (!(cause instanceof Error) || cause.name !== "AccessDenied") throw cause;
        throw new DataError(
            `the role ${roleArn} does not let itself be assumed with the external id ${detectorArn}; ` +
                `see its trust policy, and lookout:detection.allowedRoles (${cause.message})`,
            { cause },
        );
    }
}

/** Shows in the audit log of the role's account; at most 64 characters. */
const sessionName = (detectorArn: string): string =>
    `lookout-${detectorArn.slice(detectorArn.lastIndexOf(":") + 1)}`.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);

/** Part of a client's options: empty for the service's own role. */
export interface ClientCredentials {
    readonly credentials?: () => Promise<RoleCredentials>;
}

/** Clients by region, role and detector, made once each. */
export function clientsByRole<Client>(
    sts: STSClient,
    make: (credentials: ClientCredentials, region: string) => Client,
): (region: string, on: OnBehalf | undefined) => Client {
    const clients = new Map<string, Client>();
    return (region, on) => {
        const key = on === undefined ? region : `${region} ${on.roleArn} ${on.detectorArn}`;
        const known = clients.get(key);
        if (known !== undefined) return known;
        const client = make(on === undefined ? {} : { credentials: assumeRole(sts, on) }, region);
        clients.set(key, client);
        return client;
    };
}
