import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { queryResponse } from "./protocols";
import {
    CloudError,
    type CloudRequest,
    type CloudResponse,
    type CloudService,
    type Message,
    type Need,
    type World,
} from "./service";
import { xmlElements } from "./xml";

/** Largest message, in bytes. */
const largestMessage = 256 * 1024;

/** SNS: records what is published to the program's topics, in `<folder>/messages.jsonl`. Nothing is delivered. */
export class TopicsService implements CloudService {
    readonly names = ["sns"];
    private readonly file: string;
    private readonly published: Message[];

    constructor(private readonly world: World) {
        this.file = join(world.folder, "messages.jsonl");
        const lines = existsSync(this.file) ? readFileSync(this.file, "utf8").split("\n") : [];
        this.published = lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Message);
    }

    operation({ body }: Omit<CloudRequest, "operation">): string {
        const action = new URLSearchParams(body.toString("utf8")).get("Action") ?? "";
        if (action !== "Publish") {
            throw new CloudError("InvalidAction", `The embedded SNS does not have the action ${action}.`);
        }
        return action;
    }

    needs(request: CloudRequest): readonly Need[] {
        return [
            { action: "sns:Publish", resource: form(request).get("TopicArn") ?? form(request).get("TargetArn") ?? "" },
        ];
    }

    async handle(request: CloudRequest): Promise<CloudResponse> {
        const fields = form(request);
        const topicArn = fields.get("TopicArn") ?? fields.get("TargetArn") ?? "";
        const message = fields.get("Message") ?? "";
        const subject = fields.get("Subject");
        const isOurs = this.world.resources.find("aws:sns/topic:Topic", topicArn) !== undefined;
        if (!isOurs && this.world.recordsOutside !== true) {
            throw new CloudError("NotFound", "Topic does not exist", 404);
        }
        checkMessage(message, subject);
        this.record(topicArn, message, subject ?? undefined);
        const id = `00000000-0000-4000-9000-${this.published.length.toString(16).padStart(12, "0")}`;
        return queryResponse("Publish", xmlElements({ MessageId: id }));
    }

    record(topicArn: string, message: string, subject?: string): void {
        const published = {
            topicArn,
            ...(subject === undefined ? {} : { subject }),
            message,
            at: this.world.clock.now(),
        };
        appendFileSync(this.file, `${JSON.stringify(published)}\n`);
        this.published.push(published);
    }

    /** What was published, oldest first; to one topic or to all. */
    messages(topicArn?: string): readonly Message[] {
        return this.published.filter((message) => topicArn === undefined || message.topicArn === topicArn);
    }
}

function checkMessage(message: string, subject: string | null): void {
    if (message === "") {
        throw new CloudError("InvalidParameter", "Invalid parameter: Empty message");
    }
    if (Buffer.byteLength(message) > largestMessage) {
        throw new CloudError("InvalidParameter", "Invalid parameter: Message too long");
    }
    if (subject !== null && (subject === "" || subject.length > 100 || !/^[\x20-\x7e]+$/.test(subject))) {
        throw new CloudError("InvalidParameter", "Invalid parameter: Subject");
    }
}

const form = ({ body }: CloudRequest): URLSearchParams => new URLSearchParams(body.toString("utf8"));
