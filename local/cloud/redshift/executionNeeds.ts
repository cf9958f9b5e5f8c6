import type { SecretsService } from "../secrets";
import type { Need, World } from "../service";
import type { Warehouses } from "./warehouses";

/** Members of the Data API's requests that the embedded one reads. */
export interface DataApiInput {
    readonly Sql?: string;
    readonly StatementName?: string;
    readonly ClusterIdentifier?: string;
    readonly WorkgroupName?: string;
    readonly Database?: string;
    readonly DbUser?: string;
    readonly SecretArn?: string;
    readonly ClientToken?: string;
    readonly Parameters?: readonly unknown[];
    readonly Id?: string;
    readonly NextToken?: string;
    readonly Status?: string;
    readonly MaxResults?: number;
}

/** What executing a statement needs: the action on the database, and what its credentials come from. */
export function executionNeeds(input: DataApiInput, cloud: Cloud): readonly Need[] {
    return [
        { action: "redshift-data:ExecuteStatement", resource: targetArn(input, cloud) },
        ...credentialNeeds(input, cloud),
    ];
}

interface Cloud {
    readonly world: World;
    readonly secrets: SecretsService;
    readonly warehouses: Warehouses;
}

function targetArn({ ClusterIdentifier, WorkgroupName = "" }: DataApiInput, { warehouses }: Cloud): string {
    return ClusterIdentifier === undefined
        ? warehouses.arn({ kind: "workgroup", name: WorkgroupName })
        : warehouses.arn({ kind: "cluster", name: ClusterIdentifier });
}

function credentialNeeds(input: DataApiInput, cloud: Cloud): Need[] {
    const { ClusterIdentifier, SecretArn, DbUser, Database } = input;
    if (SecretArn !== undefined) {
        return [{ action: "secretsmanager:GetSecretValue", resource: cloud.secrets.arn(SecretArn) }];
    }
    if (ClusterIdentifier === undefined) {
        return [{ action: "redshift-serverless:GetCredentials", resource: targetArn(input, cloud) }];
    }
    const { partition, region, accountId } = cloud.world;
    const base = `arn:${partition}:redshift:${region}:${accountId}`;
    const databaseName = `${base}:dbname:${ClusterIdentifier}/${Database}`;
    return DbUser === undefined
        ? [{ action: "redshift:GetClusterCredentialsWithIAM", resource: databaseName }]
        : [`${base}:dbuser:${ClusterIdentifier}/${DbUser}`, databaseName].map((resource) => ({
              action: "redshift:GetClusterCredentials",
              resource,
          }));
}
