import type { DeployHalf, Place, Statement } from "../metricSource";
import { fixedPrefix, type S3Config, s3Schema } from "./config";

const timeoutSeconds = 900;
const memoryMegabytes = 1769;

/** Deploy half of the s3 source: a function that reads objects and writes rows, so that nothing is attached. */
export const s3: DeployHalf<S3Config> = {
    type: "s3",
    schema: s3Schema,
    statements,
    attachment: () => undefined,
    needs: () => ({ timeoutSeconds, memoryMegabytes }),
};

/** With a role, assuming that one alone: what it may read is its own affair. Without, just what the paths begin with. */
function statements({ tables, roleArn, kmsKeyArns }: S3Config, { partition }: Place): readonly Statement[] {
    if (roleArn !== undefined) return [{ sid: "AssumeReader", actions: ["sts:AssumeRole"], resources: [roleArn] }];
    const places = Object.values(tables)
        .flatMap(({ path, historyPath }) => (historyPath === undefined ? [path] : [path, historyPath]))
        .map(fixedPrefix);
    const buckets = [...new Set(places.map(({ bucket }) => `arn:${partition}:s3:::${bucket}`))];
    const objects = [...new Set(places.map(({ bucket, prefix }) => `arn:${partition}:s3:::${bucket}/${prefix}*`))];
    return [
        { sid: "ReadObjects", actions: ["s3:GetObject"], resources: objects },
        { sid: "FindObjects", actions: ["s3:ListBucket"], resources: buckets },
        ...(kmsKeyArns.length === 0 ? [] : [{ sid: "OpenObjects", actions: ["kms:Decrypt"], resources: kmsKeyArns }]),
    ];
}
