import { readEnvironment } from "../config/environment";
import { attachmentEvent, followAttachment } from "../pipeline/attachment";
import { readEvent } from "../pipeline/run";
import { databaseOf, openAttacher } from "../sources/run";

const { region } = readEnvironment(process.env, ["region"]);

/** Attaches to a database the role that it writes with, and takes it away; called on create, update and delete of the source. */
export const handler = async (event: unknown): Promise<Record<string, never>> => {
    const sources = { openAttacher: (source: unknown) => openAttacher(source, region), databaseOf };
    await followAttachment(readEvent(attachmentEvent, event, "attachSource"), sources);
    return {};
};
