import { queryResponse } from "../protocols";
import { CloudError, type CloudRequest, type CloudResponse, type CloudService, type Need } from "../service";
import { xmlElements } from "../xml";
import type { WarehouseRecord, Warehouses } from "./warehouses";

/** The part of Redshift's own API that concerns roles: DescribeClusters and ModifyClusterIamRoles. */
export class RedshiftService implements CloudService {
    readonly names = ["redshift"];

    constructor(private readonly warehouses: Warehouses) {}

    operation({ body }: Omit<CloudRequest, "operation">): string {
        const action = new URLSearchParams(body.toString("utf8")).get("Action") ?? "";
        if (action !== "DescribeClusters" && action !== "ModifyClusterIamRoles") {
            throw new CloudError("InvalidAction", `The embedded Redshift does not have the action ${action}.`);
        }
        return action;
    }

    needs(request: CloudRequest): readonly Need[] {
        const form = parse(request);
        const name = form.get("ClusterIdentifier") ?? "*";
        const resource = this.warehouses.arn({ kind: "cluster", name });
        return [
            { action: `redshift:${request.operation}`, resource },
            ...roleArns(form, "AddIamRoles").map((role) => passRole(role, "redshift.amazonaws.com")),
        ];
    }

    async handle(request: CloudRequest): Promise<CloudResponse> {
        const form = parse(request);
        const name = form.get("ClusterIdentifier");
        if (request.operation === "DescribeClusters") {
            const clusters = name === null ? this.warehouses.all("cluster") : [this.find(name)];
            const list = clusters.map((cluster) => `<Cluster>${describe(cluster)}</Cluster>`).join("");
            return queryResponse("DescribeClusters", `<Clusters>${list}</Clusters>`);
        }
        const cluster = this.find(name ?? "");
        const removed = new Set(roleArns(form, "RemoveIamRoles"));
        const roles = new Set([
            ...cluster.roles.filter((role) => !removed.has(role)),
            ...roleArns(form, "AddIamRoles"),
        ]);
        const changed = this.warehouses.setRoles(cluster, [...roles]);
        return queryResponse("ModifyClusterIamRoles", `<Cluster>${describe(changed)}</Cluster>`);
    }

    private find(name: string): WarehouseRecord {
        const cluster = this.warehouses.find("cluster", name);
        if (cluster === undefined) {
            throw new CloudError("ClusterNotFound", `Cluster ${name} not found.`, 404);
        }
        return cluster;
    }
}

/** Whoever gives a role to a service must be allowed to pass it. */
export function passRole(role: string, service: string): Need {
    return { action: "iam:PassRole", resource: role, context: { "iam:PassedToService": service } };
}

function describe({ name, database, user, roles, created }: WarehouseRecord): string {
    const iamRoles = roles.map(
        (role) => `<ClusterIamRole>${xmlElements({ IamRoleArn: role, ApplyStatus: "in-sync" })}</ClusterIamRole>`,
    );
    return xmlElements(
        {
            ClusterIdentifier: name,
            ClusterStatus: "available",
            ClusterAvailabilityStatus: "Available",
            DBName: database,
            MasterUsername: user,
            NodeType: "ra3.large",
            NumberOfNodes: 1,
            Encrypted: true,
            ClusterCreateTime: new Date(created).toISOString(),
        },
        `<IamRoles>${iamRoles.join("")}</IamRoles>`,
    );
}

/** Members of a list in a form: `AddIamRoles.IamRoleArn.1`, also `AddIamRoles.member.1`. */
function roleArns(form: URLSearchParams, list: string): string[] {
    return [...form].filter(([key, value]) => key.startsWith(`${list}.`) && value !== "").map(([, value]) => value);
}

const parse = ({ body }: CloudRequest): URLSearchParams => new URLSearchParams(body.toString("utf8"));
