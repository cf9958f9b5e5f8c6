import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { Journal } from "./journal";
import { jsonBody, jsonResponse, targetOperation } from "./jsonProtocol";
import {
    CloudError,
    type CloudRequest,
    type CloudResponse,
    type CloudService,
    type Need,
    type QueueMessage,
    type ResourceState,
    type World,
} from "./service";

export const queueType = "aws:sqs/queue:Queue";

/** Largest message, in bytes. */
const largestMessage = 256 * 1024;
/** Seconds that a received message stays hidden, unless the queue says otherwise. */
const defaultVisibilitySeconds = 30;

interface Kept extends QueueMessage {
    readonly id: string;
    /** When it may be received (again), in milliseconds since 1970. */
    readonly visibleAt: number;
}

const operations: Readonly<Record<string, string>> = {
    SendMessage: "sqs:SendMessage",
    ReceiveMessage: "sqs:ReceiveMessage",
    DeleteMessage: "sqs:DeleteMessage",
};

/** SQS: standard queues of the program, kept in `<folder>/queues.jsonl`. */
export class QueuesService implements CloudService {
    readonly names = ["sqs"];
    private readonly journal: Journal<Kept>;

    constructor(private readonly world: World) {
        this.journal = new Journal(join(world.folder, "queues.jsonl"));
    }

    operation(raw: Omit<CloudRequest, "operation">): string {
        return targetOperation(raw, Object.keys(operations));
    }

    needs(request: CloudRequest): readonly Need[] {
        return [{ action: operations[request.operation]!, resource: String(this.queueOf(request).outputs.arn) }];
    }

    async handle(request: CloudRequest): Promise<CloudResponse> {
        const queueArn = String(this.queueOf(request).outputs.arn);
        const body = jsonBody(request) as Input;
        switch (request.operation) {
            case "SendMessage": {
                const { id, message } = this.put(queueArn, body.MessageBody ?? "");
                return jsonResponse({ MessageId: id, MD5OfMessageBody: md5(message) });
            }
            case "ReceiveMessage":
                return jsonResponse({ Messages: this.receive(queueArn, body) });
            default:
                this.journal.delete(body.ReceiptHandle ?? "");
                return jsonResponse({});
        }
    }

    /** Puts a message into a queue. Throws CloudError for one that SQS would refuse. */
    put(queueArn: string, message: string): Kept {
        if (message === "") throw new CloudError("InvalidParameterValue", "The request must contain a message body.");
        if (Buffer.byteLength(message) > largestMessage)
            throw new CloudError("InvalidParameterValue", `A message has at most ${largestMessage} bytes.`);
        const at = this.world.clock.now();
        const id = randomUUID();
        const kept = { id, queueArn, message, at, visibleAt: at };
        this.journal.set(id, kept);
        return kept;
    }

    /** What lies in the queues, oldest first; in one or in all. */
    messages(queueArn?: string): readonly QueueMessage[] {
        return this.journal.values().filter((message) => queueArn === undefined || message.queueArn === queueArn);
    }

    /** What a queue's deletion takes with it. */
    forget(queueArn: string): void {
        for (const { id, queueArn: of } of this.journal.values()) if (of === queueArn) this.journal.delete(id);
    }

    private receive(queueArn: string, { MaxNumberOfMessages: most = 1, VisibilityTimeout }: Input): object[] {
        const now = this.world.clock.now();
        const hiddenMs = (VisibilityTimeout ?? defaultVisibilitySeconds) * 1000;
        const due = this.journal.values().filter((one) => one.queueArn === queueArn && one.visibleAt <= now);
        return due.slice(0, most).map((one) => {
            this.journal.set(one.id, { ...one, visibleAt: now + hiddenMs });
            return { MessageId: one.id, ReceiptHandle: one.id, Body: one.message, MD5OfBody: md5(one.message) };
        });
    }

    private queueOf(request: CloudRequest): ResourceState {
        const { QueueUrl: url = "" } = jsonBody(request) as Input;
        const name = url.slice(url.lastIndexOf("/") + 1);
        const found = this.world.resources.ofType(queueType).find(({ outputs }) => outputs.name === name);
        if (found === undefined)
            throw new CloudError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.");
        return found;
    }
}

interface Input {
    readonly QueueUrl?: string;
    readonly MessageBody?: string;
    readonly MaxNumberOfMessages?: number;
    readonly VisibilityTimeout?: number;
    readonly ReceiptHandle?: string;
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
