import { cloudwatchKinds } from "./cloudwatch";
import { iamKinds } from "./iam";
import type { Core, Kind, Values } from "./kind";
import { lambdaKinds } from "./lambda";
import { networkKinds } from "./network";
import { s3Kinds } from "./s3";
import { schedulerKinds } from "./scheduler";
import { snsKinds } from "./sns";
import { sqsKinds } from "./sqs";
import { stepFunctionsKinds } from "./stepFunctions";

/** Every resource type that the embedded cloud knows, by its token. */
export function allKinds(core: Core): ReadonlyMap<string, Kind> {
    const kinds = [
        s3Kinds,
        iamKinds,
        lambdaKinds,
        networkKinds,
        stepFunctionsKinds,
        schedulerKinds,
        cloudwatchKinds,
        snsKinds,
        sqsKinds,
    ].flatMap((of) => of(core));
    const providers: Kind = { type: "pulumi:providers:aws", id: () => "embedded" };
    return new Map([...kinds, providers].map((kind) => [kind.type, kind]));
}

/** Answers the provider's functions; throws for one that the embedded cloud does not know. */
export function invokeFunction(core: Core, token: string): Values {
    const { accountId, region, partition } = core;
    switch (token) {
        case "aws:index/getCallerIdentity:getCallerIdentity":
            return {
                id: accountId,
                accountId,
                arn: `arn:${partition}:iam::${accountId}:user/local`,
                userId: "LOCALUSER",
            };
        case "aws:index/getRegion:getRegion":
            return { id: region, region, name: region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
        case "aws:index/getPartition:getPartition":
            return { id: partition, partition, dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
        default:
            throw new Error(`the embedded cloud does not know the function ${token}`);
    }
}
