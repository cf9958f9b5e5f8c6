import { createHash } from "node:crypto";
import { conditionsHold, matchesPattern, type ConditionContext } from "./iam/conditions";
import type { Need, PolicyDocument, PolicyStatement } from "./service";

export type Verdict = "allowed" | "implicitDeny" | "explicitDeny";

/** Judges a need by the policies of a role, as IAM does: what is denied stays denied, what nobody allows is refused. */
export function judge(policies: readonly PolicyDocument[], roleArn: string, need: Need): Verdict {
    const context = { ...principalContext(roleArn), ...lowerCaseKeys(need.context) };
    let verdict: Verdict = "implicitDeny";
    for (const statement of policies.flatMap(({ Statement }) => Statement)) {
        if (applies(statement, need, context)) {
            if (statement.Effect === "Deny") {
                return "explicitDeny";
            }
            verdict = "allowed";
        }
    }
    return verdict;
}

/** `aws:userid` of a role's session: the role's unique id and the session's name. */
export function userId(roleArn: string): string {
    const id = createHash("sha256").update(roleName(roleArn)).digest("hex").slice(0, 16).toUpperCase();
    return `AROA${id}:${roleName(roleArn)}`;
}

/** The message with which a service refuses. */
export function refusal(roleArn: string, need: Need, verdict: Verdict): string {
    const session = roleArn
        .replace(":iam:", ":sts:")
        .replace(/:role\/.*$/, `:assumed-role/${roleName(roleArn)}/${roleName(roleArn)}`);
    const reason =
        verdict === "explicitDeny"
            ? "with an explicit deny in an identity-based policy"
            : `because no identity-based policy allows the ${need.action} action`;
    return `User: ${session} is not authorized to perform: ${need.action} on resource: ${need.resource} ${reason}`;
}

function applies(statement: PolicyStatement, need: Need, context: ConditionContext): boolean {
    return (
        actionApplies(statement, need.action) &&
        list(statement.Resource).some((pattern) => matchesPattern(pattern, need.resource, context)) &&
        conditionsHold(statement.Condition, context)
    );
}

function actionApplies({ Action, NotAction }: PolicyStatement, action: string): boolean {
    const name = action.toLowerCase();
    const matches = (pattern: string): boolean => matchesPattern(pattern.toLowerCase(), name, {});
    return NotAction === undefined ? list(Action).some(matches) : !list(NotAction).some(matches);
}

function principalContext(roleArn: string): Record<string, string> {
    return {
        "aws:userid": userId(roleArn),
        "aws:principalarn": roleArn,
        "aws:principaltype": "AssumedRole",
        "aws:principalaccount": roleArn.split(":")[4] ?? "",
        // The loopback server stands for the services' TLS endpoints.
        "aws:securetransport": "true",
    };
}

function lowerCaseKeys(context: Readonly<Record<string, string>> = {}): Record<string, string> {
    return Object.fromEntries(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
}

const roleName = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf("/") + 1);

function list(value: string | readonly string[] | undefined): readonly string[] {
    return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
