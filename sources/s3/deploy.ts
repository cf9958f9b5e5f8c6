import { objectStatements } from "../access";
import type { DeployHalf, Place, Statement } from "../metricSource";
import { adviseOn } from "./advice";
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
    advise: adviseOn,
};

/** With a role, assuming that one alone: what it may read is its own affair. Without, just what the paths begin with. */
function statements({ tables, roleArn, kmsKeyArns }: S3Config, place: Place): readonly Statement[] {
    if (roleArn !== undefined) return [{ sid: "AssumeReader", actions: ["sts:AssumeRole"], resources: [roleArn] }];
    const objects = Object.values(tables)
        .flatMap(({ path, historyPath }) => (historyPath === undefined ? [path] : [path, historyPath]))
        .map(fixedPrefix)
        .map(({ bucket, prefix }) => ({ bucket, keys: `${prefix}*`, prefixes: [`${prefix}*`] }));
    return objectStatements(objects, kmsKeyArns, place);
}
