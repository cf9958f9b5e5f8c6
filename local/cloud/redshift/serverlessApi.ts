import { jsonBody, jsonResponse, targetOperation } from "../jsonProtocol";
import {
    CloudError,
    type CloudRequest,
    type CloudResponse,
    type CloudService,
    type Need,
    type World,
} from "../service";
import { passRole } from "./clusterApi";
import { uuidOf, type WarehouseRecord, type Warehouses } from "./warehouses";

interface Input {
    readonly workgroupName?: string;
    readonly namespaceName?: string;
    readonly iamRoles?: readonly string[];
}

/** The part of the Redshift Serverless API that concerns roles. Each workgroup has a namespace of its own. */
export class RedshiftServerlessService implements CloudService {
    readonly names = ["redshift-serverless"];

    constructor(
        private readonly world: World,
        private readonly warehouses: Warehouses,
    ) {}

    operation(raw: Omit<CloudRequest, "operation">): string {
        return targetOperation(raw, ["GetWorkgroup", "GetNamespace", "UpdateNamespace"]);
    }

    needs(request: CloudRequest): readonly Need[] {
        const { workgroupName = "", namespaceName = "", iamRoles = [] } = jsonBody(request) as Input;
        const action = `redshift-serverless:${request.operation}`;
        if (request.operation === "GetWorkgroup") {
            return [{ action, resource: this.warehouses.arn({ kind: "workgroup", name: workgroupName }) }];
        }
        // Only roles that the namespace does not have yet are passed.
        const present = this.findByNamespace(namespaceName)?.roles ?? [];
        const added = iamRoles.filter((role) => !present.includes(role));
        return [
            { action, resource: this.namespaceArn(namespaceName) },
            ...added.map((role) => passRole(role, "redshift-serverless.amazonaws.com")),
        ];
    }

    async handle(request: CloudRequest): Promise<CloudResponse> {
        const { workgroupName = "", namespaceName = "", iamRoles } = jsonBody(request) as Input;
        if (request.operation === "GetWorkgroup") {
            return jsonResponse({ workgroup: this.describeWorkgroup(this.require(workgroupName, "workgroup")) });
        }
        const found = this.require(namespaceName, "namespace");
        const namespace =
            iamRoles === undefined || request.operation === "GetNamespace"
                ? found
                : this.warehouses.setRoles(found, [...new Set(iamRoles)]);
        return jsonResponse({ namespace: this.describeNamespace(namespace) });
    }

    private require(name: string, kind: "workgroup" | "namespace"): WarehouseRecord {
        const found = kind === "workgroup" ? this.warehouses.find("workgroup", name) : this.findByNamespace(name);
        if (found === undefined) {
            throw new CloudError("ResourceNotFoundException", `The ${kind} ${name} was not found.`);
        }
        return found;
    }

    private findByNamespace(name: string): WarehouseRecord | undefined {
        return this.warehouses.all("workgroup").find((workgroup) => namespaceOf(workgroup) === name);
    }

    private describeWorkgroup(workgroup: WarehouseRecord): object {
        const arn = this.warehouses.arn(workgroup);
        return {
            workgroupName: workgroup.name,
            workgroupArn: arn,
            workgroupId: arn.slice(arn.lastIndexOf("/") + 1),
            namespaceName: namespaceOf(workgroup),
            status: "AVAILABLE",
            creationDate: new Date(workgroup.created).toISOString(),
        };
    }

    /** The service writes each role as the text of an object, not as its ARN. */
    private describeNamespace(workgroup: WarehouseRecord): object {
        const arn = this.namespaceArn(namespaceOf(workgroup));
        return {
            namespaceName: namespaceOf(workgroup),
            namespaceArn: arn,
            namespaceId: arn.slice(arn.lastIndexOf("/") + 1),
            dbName: workgroup.database,
            adminUsername: workgroup.user,
            iamRoles: workgroup.roles.map((role) => `IamRole(applyStatus=in-sync, iamRoleArn=${role})`),
            status: "AVAILABLE",
            creationDate: new Date(workgroup.created).toISOString(),
        };
    }

    private namespaceArn(name: string): string {
        const { partition, region, accountId } = this.world;
        return `arn:${partition}:redshift-serverless:${region}:${accountId}:namespace/${uuidOf(`namespace ${name}`)}`;
    }
}

const namespaceOf = ({ name }: WarehouseRecord): string => `${name}-namespace`;
