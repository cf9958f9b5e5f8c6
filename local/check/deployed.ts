import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { z } from "zod";
import { checkRequestRecord } from "../../pipeline/check/event";
import { checkReport } from "../../pipeline/check/report";
import { UsageError } from "../serve/options";
import { deployedFunctionName, type StackConfig } from "../stackConfig";
import type { Check } from "./checkStack";

/**
 * Checks through the deployed extractors, which stand where the database can be reached; they describe and count, and write nothing.
 * Throws UsageError when the function is not there, or may not be called.
 */
export function checkDeployed(stack: StackConfig, client: LambdaClient): Check {
    return async ({ tell, ...request }) => {
        const FunctionName = deployedFunctionName(stack, `extract-${request.spec.source}`);
        tell?.(`asking ${FunctionName}`);
        const Payload = JSON.stringify({ action: "check", request: z.encode(checkRequestRecord, request) });
        const answer = await client
            .send(new InvokeCommand({ FunctionName, Payload }))
            .catch((error: unknown) => refuse(error, FunctionName));
        const text = answer.Payload?.transformToString() ?? "";
        if (answer.FunctionError !== undefined)
            throw new UsageError(
                `--deployed: ${FunctionName} failed: ${messageOf(text)}; is it of this version? (pulumi up)`,
            );
        return z.decode(checkReport, JSON.parse(text) as z.input<typeof checkReport>);
    };
}

function refuse(error: unknown, functionName: string): never {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const remedy =
        name === "ResourceNotFoundException"
            ? "deploy the stack first (pulumi up), see that the region is the stack's, or leave --deployed out"
            : name === "AccessDeniedException"
              ? "it takes lambda:InvokeFunction on it"
              : "see that the AWS credentials of the environment are of the stack's account";
    throw new UsageError(`--deployed: ${functionName} cannot be called: ${message} (${remedy})`, { cause: error });
}

function messageOf(payload: string): string {
    try {
        const { errorMessage } = JSON.parse(payload) as { errorMessage?: unknown };
        return typeof errorMessage === "string" ? errorMessage : payload;
    } catch {
        return payload;
    }
}
