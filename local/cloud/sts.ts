import { createHash } from "node:crypto";
import { conditionsHold } from "./iam/conditions";
import { queryResponse } from "./protocols";
import {
    CloudError,
    type CloudRequest,
    type CloudResponse,
    type CloudService,
    type Need,
    type PolicyDocument,
    type PolicyStatement,
    type World,
} from "./service";
import { xmlElements } from "./xml";

const roleType = "aws:iam/role:Role";
/** Seconds that assumed credentials hold, unless the request says otherwise. */
const defaultSeconds = 3600;

/** STS: lets a caller assume a role whose trust policy names it, as far as the policy's conditions hold. */
export class TokenService implements CloudService {
    readonly names = ["sts"];
    private readonly sessions = new Map<string, { readonly roleArn: string; readonly until: number }>();

    constructor(
        private readonly world: Pick<World, "clock" | "resources" | "accountId" | "partition" | "recordsOutside">,
    ) {}

    operation({ body }: Omit<CloudRequest, "operation">): string {
        const action = form({ body }).get("Action") ?? "";
        if (action !== "AssumeRole" && action !== "GetCallerIdentity")
            throw new CloudError("InvalidAction", `The embedded STS does not have the action ${action}.`);
        return action;
    }

    needs(request: CloudRequest): readonly Need[] {
        if (request.operation !== "AssumeRole") return [];
        return [{ action: "sts:AssumeRole", resource: form(request).get("RoleArn") ?? "" }];
    }

    async handle(request: CloudRequest): Promise<CloudResponse> {
        const { accountId, partition } = this.world;
        if (request.operation === "GetCallerIdentity") {
            const arn = request.principal ?? `arn:${partition}:iam::${accountId}:user/local`;
            return queryResponse("GetCallerIdentity", xmlElements({ Arn: arn, UserId: arn, Account: accountId }));
        }
        return this.assume(form(request), request.principal ?? `arn:${partition}:iam::${accountId}:root`);
    }

    /** The role whose credentials an access key id belongs to. Throws CloudError when they have expired. */
    principalOf(accessKeyId: string): string | undefined {
        const session = this.sessions.get(accessKeyId);
        if (session !== undefined && session.until <= this.world.clock.now())
            throw new CloudError("ExpiredToken", "The security token included in the request is expired", 403);
        return session?.roleArn;
    }

    private assume(fields: URLSearchParams, caller: string): CloudResponse {
        const roleArn = fields.get("RoleArn") ?? "";
        const session = fields.get("RoleSessionName") ?? "";
        const externalId = fields.get("ExternalId");
        if (this.world.recordsOutside === true && this.find(roleArn) === undefined) {
            // Another account's role: what it may do is not known here, so that it may do all.
            return queryResponse("AssumeRole", credentialsXml("AKIAOUTSIDE", this.world.clock.now() + 3_600_000));
        }
        const context = {
            "aws:principalarn": caller,
            ...(externalId === null ? {} : { "sts:externalid": externalId }),
        };
        if (!this.trusts(roleArn, caller, context)) {
            const message = `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
            throw new CloudError("AccessDenied", message, 403);
        }
        const now = this.world.clock.now();
        const until = now + Number(fields.get("DurationSeconds") ?? defaultSeconds) * 1000;
        const hash = createHash("sha256").update(`${roleArn} ${session} ${externalId} ${now} ${this.sessions.size}`);
        const accessKeyId = `LKIA${hash.digest("hex").slice(0, 16).toUpperCase()}`;
        this.sessions.set(accessKeyId, { roleArn, until });
        return queryResponse("AssumeRole", credentialsXml(accessKeyId, until));
    }

    private find(roleArn: string) {
        return this.world.resources.ofType(roleType).find(({ outputs }) => outputs.arn === roleArn);
    }

    private trusts(roleArn: string, caller: string, context: Readonly<Record<string, string>>): boolean {
        const role = this.find(roleArn);
        if (role === undefined) return false;
        const { assumeRolePolicy } = role.inputs;
        const document = (
            typeof assumeRolePolicy === "string" ? JSON.parse(assumeRolePolicy) : assumeRolePolicy
        ) as PolicyDocument;
        const applying = [document.Statement]
            .flat()
            .filter((one) => isAbout(one, caller, this.world.accountId) && conditionsHold(one.Condition, context));
        return applying.some(({ Effect }) => Effect === "Allow") && !applying.some(({ Effect }) => Effect === "Deny");
    }
}

function credentialsXml(accessKeyId: string, until: number): string {
    const credentials = {
        AccessKeyId: accessKeyId,
        SecretAccessKey: "embedded",
        SessionToken: "embedded",
        Expiration: new Date(until).toISOString(),
    };
    return `<Credentials>${xmlElements(credentials)}</Credentials>`;
}

/** Whether a statement of a trust policy is about a caller: by its ARN, by its account, or by everybody. */
function isAbout({ Action, Principal }: PolicyStatement, caller: string, accountId: string): boolean {
    const actions = [Action ?? []].flat();
    if (!actions.includes("sts:AssumeRole") && !actions.includes("sts:*") && !actions.includes("*")) return false;
    if (Principal === "*") return true;
    const { AWS = [] } = (Principal ?? {}) as { readonly AWS?: string | readonly string[] };
    return [AWS]
        .flat()
        .some((one) => one === "*" || one === caller || one === accountId || one.endsWith(`::${accountId}:root`));
}

const form = ({ body }: Pick<CloudRequest, "body">): URLSearchParams => new URLSearchParams(body.toString("utf8"));
