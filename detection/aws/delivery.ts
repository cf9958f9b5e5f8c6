import { LambdaClient } from "@aws-sdk/client-lambda";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { longestSendMs } from "../../alerts/backOff";
import type { DeliveryWorld } from "../../alerts/deliver";
import { openOutbox } from "../../alerts/outbox";
import { awsSenders } from "../../alerts/senders";
import { openAlerts } from "../store/alerts";
import type { Home } from "./home";
import { clientsByRole } from "./roles";

/** Milliseconds in which SNS takes a message or is asked again: three times, well within what a try may take. */
const publishMs = 20_000;

/** Without the second, a request that takes too long is only complained of. */
const within = (requestTimeout: number) => ({ requestTimeout, throwOnRequestTimeout: true });

/** How alerts leave AWS's home of the service. */
export function openDelivery(
    { place, access, buckets, sts }: Home,
    { deadLetters, consoleUrl }: { readonly deadLetters: string; readonly consoleUrl?: string },
): DeliveryWorld {
    return {
        outbox: openOutbox(buckets.store),
        alerts: openAlerts(buckets.store),
        senders: awsSenders({
            sns: clientsByRole(
                sts,
                (credentials, region) => new SNSClient({ region, ...credentials, requestHandler: within(publishMs) }),
            ),
            lambda: clientsByRole(
                sts,
                // One try each: the notice itself is tried again, and a function that is slow must not be called twice at once.
                (credentials, region) =>
                    new LambdaClient({
                        region,
                        ...credentials,
                        maxAttempts: 1,
                        requestHandler: within(longestSendMs),
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
