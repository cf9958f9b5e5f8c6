import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../sources/metricSource";

/** Part of the bucket that a function may touch, as key patterns below the bucket. */
export interface ObjectGrant {
    readonly read?: readonly string[];
    readonly write?: readonly string[];
    readonly delete?: readonly string[];
}

/** The stack's bucket as policies name it. */
export interface GrantedBucket {
    readonly bucketArn: pulumi.Input<string>;
    /** ARN of the key in KMS that its objects are encrypted with; undefined for S3's own key, which needs no permission. */
    readonly keyArn?: string;
}

/** Key patterns of the bucket's parts, for policies; `pipeline/objectLayout.ts` draws the whole. */
export const keys = {
    definitions: "_detectors/*",
    detection: "_detection/*",
    operations: "_operations/*",
    ledger: "*/ledger/*",
    parked: "*/parked/*",
    cache: "*/cache/*",
    leases: "*/lease/*",
    tickets: "*/tickets/*",
    backtest: "*/backtest/*",
    live: "*/live/*",
} as const;

/** What belongs to a generation of a detector's data. */
export const generationKeys = [keys.ledger, keys.parked, keys.cache, keys.tickets, keys.backtest, keys.live] as const;

/**
 * Statements for objects of the stack's bucket. A conditional write reads what it replaces, so what may be written may be
 * read. Listing is allowed for the bucket as a whole: without it S3 answers 403 for an object that does not exist, and it
 * evaluates that with no prefix to compare.
 */
export function objectStatements({ bucketArn, keyArn }: GrantedBucket, grant: ObjectGrant): Statement[] {
    const objects = (patterns: readonly string[]) =>
        [...new Set(patterns)].map((pattern) => pulumi.interpolate`${bucketArn}/${pattern}`);
    const statements: Statement[] = [{ sid: "ListBucket", actions: ["s3:ListBucket"], resources: [bucketArn] }];
    const readable = [...(grant.read ?? []), ...(grant.write ?? [])];
    if (readable.length > 0) {
        statements.push({ sid: "ReadObjects", actions: ["s3:GetObject"], resources: objects(readable) });
    }
    if (grant.write !== undefined) {
        statements.push({
            sid: "WriteObjects",
            actions: ["s3:PutObject", "s3:AbortMultipartUpload"],
            resources: objects(grant.write),
        });
    }
    if (grant.delete !== undefined) {
        statements.push({ sid: "DeleteObjects", actions: ["s3:DeleteObject"], resources: objects(grant.delete) });
    }
    return [...statements, ...(keyArn === undefined ? [] : keyStatements(keyArn, grant))];
}

/** What reading and writing encrypted objects takes; the parts of an upload are read again when they are put together. */
function keyStatements(keyArn: string, { read, write }: ObjectGrant): Statement[] {
    const actions = [
        ...(read === undefined && write === undefined ? [] : ["kms:Decrypt"]),
        ...(write === undefined ? [] : ["kms:GenerateDataKey"]),
    ];
    return actions.length === 0 ? [] : [{ sid: "UseKey", actions, resources: [keyArn] }];
}

/** Lets a function write its own log. */
export function logStatement(logGroupArn: pulumi.Input<string>): Statement {
    return {
        sid: "WriteLog",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [pulumi.interpolate`${logGroupArn}:*`],
    };
}

/**
 * Lets Lambda connect a function to a VPC. It acts with the function's own role, and asks for leave on everything; so that the
 * function's code cannot do the same, calls that come from a function are denied.
 */
export function networkStatements(): Statement[] {
    const actions = [
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ];
    const fromAFunction = { Null: { "lambda:SourceFunctionArn": "false" } };
    return [
        { sid: "ConnectToNetwork", actions, resources: ["*"] },
        { sid: "LeaveNetworkToLambda", effect: "Deny", actions, resources: ["*"], conditions: fromAFunction },
    ];
}

export function invokeStatement(sid: string, ...functionArns: readonly pulumi.Input<string>[]): Statement {
    return { sid, actions: ["lambda:InvokeFunction"], resources: functionArns };
}

/** A policy document of the statements given, each an Allow. */
export function policyDocument(statements: pulumi.Input<readonly Statement[]>): pulumi.Output<string> {
    // A list that was computed from an output may still hold outputs, which jsonStringify waits for.
    return pulumi.output(statements).apply((resolved) =>
        pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: resolved.map(({ sid, actions, resources, conditions, effect }) => ({
                Sid: sid,
                Effect: effect ?? "Allow",
                Action: actions,
                Resource: resources,
                ...(conditions === undefined ? {} : { Condition: conditions }),
            })),
        }),
    );
}

/**
 * Who may assume a role. Services that act for many accounts are held to this one, so that nobody makes them act for others.
 */
export function trustDocument(services: readonly string[], accountId?: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { Service: services },
                Action: "sts:AssumeRole",
                ...(accountId === undefined ? {} : { Condition: { StringEquals: { "aws:SourceAccount": accountId } } }),
            },
        ],
    });
}

/** Statement of a resource's own policy: nobody may do any of it but over TLS. */
export const tlsOnlyStatement = (action: string, resource: pulumi.Input<string> | readonly pulumi.Input<string>[]) => ({
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
});
