import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";

/** The sources' extractor functions, called from outside a state machine. */
export interface ExtractorFunctions {
    /** Stops the query of a ticket; rejects when the function does. */
    readonly cancel: (extractor: string, ticketKey: string) => Promise<void>;
}

/** Extractors in AWS Lambda, by function name. */
export function openExtractorFunctions(client: LambdaClient): ExtractorFunctions {
    return {
        cancel: async (extractor, ticketKey) => {
            const Payload = JSON.stringify({ action: "cancel", ticketKey });
            const answer = await client.send(new InvokeCommand({ FunctionName: extractor, Payload }));
            if (answer.FunctionError === undefined) return;
            throw new Error(`${extractor} could not cancel ${ticketKey}: ${answer.Payload?.transformToString() ?? ""}`);
        },
    };
}
