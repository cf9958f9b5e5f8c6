import { LambdaClient } from "@aws-sdk/client-lambda";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { DeliveryWorld } from "../../alerts/deliver";
import { openOutbox } from "../../alerts/outbox";
import { awsSenders } from "../../alerts/senders";
import { openAlerts } from "../store/alerts";
import type { Home } from "./home";
import { clientsByRole } from "./roles";

/** Milliseconds that a function which is told of an anomaly may take; Lambda's own clients wait no longer than that for an answer. */
const functionMs = 300_000;

/** How alerts leave AWS's home of the service. */
export function openDelivery(
    { place, access, buckets, sts }: Home,
    { deadLetters, consoleUrl }: { readonly deadLetters: string; readonly consoleUrl?: string },
): DeliveryWorld {
    return {
        outbox: openOutbox(buckets.store),
        alerts: openAlerts(buckets.store),
        senders: awsSenders({
            sns: clientsByRole(sts, (credentials, region) => new SNSClient({ region, ...credentials })),
            lambda: clientsByRole(
                sts,
                // One try each: the notice itself is tried again, and a function that is slow must not be called twice at once.
                (credentials, region) =>
                    new LambdaClient({
                        region,
                        ...credentials,
                        maxAttempts: 1,
                        requestHandler: { requestTimeout: functionMs },
                    }),
            ),
            sqs: new SQSClient({ region: place.region }),
            deadLetters,
        }),
        access,
        place,
        linkBase: consoleUrl,
    };
}
