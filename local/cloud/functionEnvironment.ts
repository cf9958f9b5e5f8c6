import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import type { StoredResource } from "./state";

/** The access key id that functions with this role get. */
export function accessKeyOf(roleArn: string): string {
    return `LKIA${createHash("sha256").update(roleArn).digest("hex").slice(0, 16).toUpperCase()}`;
}

/** The variables that Lambda sets itself; the endpoint sends every AWS call to the embedded cloud. */
export function reservedVariables(
    { id, inputs }: StoredResource,
    accessKeyId: string,
    cloud: { readonly region: string; readonly folder: string; endpoint(): string },
): Record<string, string> {
    const { region, folder } = cloud;
    // Lambda has no such files; the user's own must not be found.
    const noFile = join(folder, "no-such-file");
    return {
        AWS_ENDPOINT_URL: cloud.endpoint(),
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: "embedded",
        AWS_LAMBDA_FUNCTION_NAME: id,
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryOf(inputs),
        AWS_EXECUTION_ENV: `AWS_Lambda_${String(inputs.runtime)}`,
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_CONFIG_FILE: noFile,
        AWS_SHARED_CREDENTIALS_FILE: noFile,
        LAMBDA_TASK_ROOT: "/var/task",
        TZ: ":UTC",
    };
}

/** The variables that the program gives a function, but for those that lead its AWS calls elsewhere: the embedded cloud is all there is. */
export function ownVariables({ inputs }: Pick<StoredResource, "inputs">): Record<string, string> {
    const { variables = {} } = (inputs.environment ?? {}) as { variables?: Record<string, string> };
    return Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith("AWS_ENDPOINT_URL_")));
}

/** The second argument of a handler. */
export function callContext({ id, inputs, outputs }: StoredResource, timeoutSeconds: number): object {
    const deadline = Date.now() + timeoutSeconds * 1000;
    return {
        awsRequestId: randomUUID(),
        functionName: id,
        functionVersion: "$LATEST",
        invokedFunctionArn: outputs.arn,
        memoryLimitInMB: memoryOf(inputs),
        logGroupName: `/aws/lambda/${id}`,
        logStreamName: "embedded",
        callbackWaitsForEmptyEventLoop: false,
        getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
}

/** Megabytes, as text. */
function memoryOf({ memorySize }: StoredResource["inputs"]): string {
    return String((memorySize as number | undefined) ?? 128);
}
