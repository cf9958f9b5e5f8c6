/** What the service may reach beyond the bucket that it lives in. */
export interface Access {
    /** The stack's own bucket: read by the worker's own role. */
    readonly ownBucket: string;
    /** ARNs of the roles that may be assumed; `any` where no role is assumed at all, as on a laptop. */
    readonly roles: readonly string[] | "any";
    /** ARNs of topics and functions that alerts are sent to by the worker's own role: the stack's. */
    readonly targets: readonly string[] | "any";
}

/** Why something is out of reach, by the error that the API answers with. */
export interface Refusal {
    readonly type: "AccessDeniedException" | "ValidationException";
    readonly message: string;
}

/** How something is reached: by the service's own role, or by one that is assumed. */
export type Way = { readonly roleArn?: string } | { readonly refusal: Refusal };

/** How objects of a bucket are reached. A role given with the own bucket is not needed, and not looked at. */
export function wayToBucket(
    access: Access,
    { bucket, roleArn }: { readonly bucket: string; readonly roleArn?: string },
): Way {
    if (bucket === access.ownBucket || access.roles === "any") return {};
    if (roleArn === undefined) {
        const message = `The bucket ${bucket} is not this service's own; give a RoleArn that it is read with.`;
        return { refusal: { type: "ValidationException", message } };
    }
    return access.roles.includes(roleArn) ? { roleArn } : { refusal: refusedRole(roleArn) };
}

/** How an alert's topic or function is reached. The stack's own are reached without a role that may be assumed, too. */
export function wayToTarget(
    access: Access,
    { targetArn, roleArn }: { readonly targetArn: string; readonly roleArn?: string },
): Way {
    if (access.roles !== "any" && roleArn !== undefined && access.roles.includes(roleArn)) return { roleArn };
    if (access.targets === "any" || access.targets.includes(targetArn)) return {};
    if (roleArn !== undefined) return { refusal: refusedRole(roleArn) };
    const message =
        `${targetArn} is not among the targets of the stack's own alerts; give a RoleArn that it is reached with, ` +
        "or name it in the alerts of a detector in the stack's configuration.";
    return { refusal: { type: "ValidationException", message } };
}

function refusedRole(roleArn: string): Refusal {
    const message =
        `The role ${roleArn} may not be assumed by this service; ` +
        "add it to lookout:detection.allowedRoles in the stack's configuration.";
    return { type: "AccessDeniedException", message };
}
