import { readEnvironment } from "../config/environment";
import { attachmentEvent, followAttachment } from "../pipeline/attachment";
import { readEvent } from "../pipeline/run";
import { openAttacher } from "../sources/run";

const { region } = readEnvironment(process.env, ["region"]);

/** Attaches to a database the role that it writes with, and takes it away; called on create, update and delete of the source. */
export const handler = async (event: unknown): Promise<Record<string, never>> => {
    await followAttachment(readEvent(attachmentEvent, event, "attachSource"), (source) => openAttacher(source, region));
    return {};
};
