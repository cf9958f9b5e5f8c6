import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Job } from "../worker/worker";

/** Hands a job to whoever does it; done when it is accepted, not when the work is. */
export type Dispatch = (job: Job) => Promise<void>;

/** Hands jobs to the worker function, by asynchronous invocations. `arnOf` gives the ARN that the event carries. */
export function lambdaDispatch(
    client: LambdaClient,
    { functionName, arnOf }: { readonly functionName: string; readonly arnOf: (detector: string) => string },
): Dispatch {
    return async ({ job, detector, shard }) => {
        const payload = JSON.stringify({ job, detectorArn: arnOf(detector), shard });
        await client.send(
            new InvokeCommand({ FunctionName: functionName, InvocationType: "Event", Payload: Buffer.from(payload) }),
        );
    };
}
