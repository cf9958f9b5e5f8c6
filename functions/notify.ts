import { S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { notify, notifyEvent } from "../operations/notify";
import { readEvent } from "../pipeline/run";

const { bucket, region, stack, topic } = readEnvironment(process.env, ["bucket", "region", "stack", "topic"]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const sns = new SNSClient({ region });

const publish = async ({ subject, text }: { subject: string; text: string }): Promise<void> => {
    await sns.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text }));
};

/**
 * Tells the operators what failed and what works again, once per incident; called by the machines, by events of failed executions,
 * and with the outcome of calls that nobody waited for.
 */
export const handler = async (event: unknown): Promise<{ readonly told: boolean }> =>
    notify({ store, publish }, readEvent(notifyEvent, event, "notify"), stack);
