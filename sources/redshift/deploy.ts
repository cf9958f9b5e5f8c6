import { secretStatements } from "../access";
import type { Attachment, DeployHalf, Place, Statement } from "../metricSource";
import { type RedshiftConfig, redshiftSchema } from "./config";
import { selectWindow } from "./sql";

/** Deploy half of the Redshift source, for provisioned clusters and serverless workgroups alike. */
export const redshift: DeployHalf<RedshiftConfig> = {
    type: "redshift",
    schema: redshiftSchema,
    statements: (config, place) => [
        runStatement(config, place),
        followStatement,
        ...secretStatements(config, place),
        ...temporaryCredentials(config, place),
    ],
    attachment: (config) => (config.unloadRoleArn === undefined ? attachment(config) : undefined),
    windowSql: selectWindow,
    // A thorough check asks thirteen questions one after the other, in four calls of 25 s at most.
    needs: () => ({ timeoutSeconds: 120 }),
};

/**
 * Describe, cancel and result take no resource: what limits them is the owner. Every call of one function is the same owner, its
 * role's session being named for it.
 */
const followStatement: Statement = {
    sid: "FollowOwnStatements",
    actions: ["redshift-data:DescribeStatement", "redshift-data:CancelStatement", "redshift-data:GetStatementResult"],
    resources: ["*"],
    conditions: { StringEquals: { "redshift-data:statement-owner-iam-userid": "${aws:userid}" } },
};

function runStatement(config: RedshiftConfig, place: Place): Statement {
    return {
        sid: "RunStatements",
        actions: ["redshift-data:ExecuteStatement"],
        resources: [databaseArn(config, place)],
    };
}

/** A workgroup's ARN ends in an id that only the service knows, and a cluster may be named in the secret alone. */
function databaseArn({ cluster, workgroup }: RedshiftConfig, { partition, region, accountId }: Place): string {
    return workgroup === undefined
        ? `arn:${partition}:redshift:${region}:${accountId}:cluster:${cluster ?? "*"}`
        : `arn:${partition}:redshift-serverless:${region}:${accountId}:workgroup/*`;
}

function temporaryCredentials(config: RedshiftConfig, place: Place): readonly Statement[] {
    const { secret, cluster, workgroup, database, dbUser } = config;
    if (secret !== undefined) {
        return [];
    }
    if (workgroup !== undefined) {
        const resources = [databaseArn(config, place)];
        return [{ sid: "MakeCredentials", actions: ["redshift-serverless:GetCredentials"], resources }];
    }
    const base = `arn:${place.partition}:redshift:${place.region}:${place.accountId}`;
    const databaseName = `${base}:dbname:${cluster}/${database}`;
    return dbUser === undefined
        ? [{ sid: "MakeCredentials", actions: ["redshift:GetClusterCredentialsWithIAM"], resources: [databaseName] }]
        : [
              {
                  sid: "MakeCredentials",
                  actions: ["redshift:GetClusterCredentials"],
                  resources: [`${base}:dbuser:${cluster}/${dbUser}`, databaseName],
              },
          ];
}

function attachment(config: RedshiftConfig): Attachment {
    const serverless = config.workgroup !== undefined;
    return {
        principals: serverless
            ? ["redshift-serverless.amazonaws.com", "redshift.amazonaws.com"]
            : ["redshift.amazonaws.com"],
        statements: (place) => [
            ...(serverless ? namespaceStatements(config, place) : clusterStatements(config, place)),
            // The cluster's name may stand in the secret alone.
            ...(serverless || config.cluster !== undefined ? [] : secretStatements(config, place)),
        ],
    };
}

function clusterStatements(config: RedshiftConfig, place: Place): readonly Statement[] {
    return [
        {
            sid: "AttachToCluster",
            actions: ["redshift:ModifyClusterIamRoles"],
            resources: [databaseArn(config, place)],
        },
    ];
}

function namespaceStatements(config: RedshiftConfig, place: Place): readonly Statement[] {
    const { partition, region, accountId } = place;
    return [
        {
            sid: "FindNamespace",
            actions: ["redshift-serverless:GetWorkgroup"],
            resources: [databaseArn(config, place)],
        },
        {
            sid: "AttachToNamespace",
            actions: ["redshift-serverless:GetNamespace", "redshift-serverless:UpdateNamespace"],
            resources: [`arn:${partition}:redshift-serverless:${region}:${accountId}:namespace/*`],
        },
    ];
}
