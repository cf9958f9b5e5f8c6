import * as pulumi from "@pulumi/pulumi";
import { tlsOnlyStatement } from "./grants";
import type { Site } from "./site";

/** The account's own identities may use the topic as their policies say, its alarms may tell it; over TLS only. */
export function topicPolicy(topicArn: pulumi.Output<string>, site: Site): pulumi.Output<string> {
    return pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "OwnAccount",
                Effect: "Allow",
                Principal: {
                    AWS: site.place.apply(({ partition, accountId }) => `arn:${partition}:iam::${accountId}:root`),
                },
                Action: ["sns:Publish", "sns:Subscribe", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"],
                Resource: topicArn,
            },
            {
                Sid: "Alarms",
                Effect: "Allow",
                Principal: { Service: "cloudwatch.amazonaws.com" },
                Action: "sns:Publish",
                Resource: topicArn,
                Condition: { StringEquals: { "aws:SourceAccount": site.place.accountId } },
            },
            tlsOnlyStatement("sns:Publish", topicArn),
        ],
    });
}
