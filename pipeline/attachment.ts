import { z } from "zod";
import type { Attacher } from "../sources/metricSource";

/** Which role is attached to which source's database. `config` is the source's own, and validated by it. */
export const wantedAttachment = z.object({
    /** Logical name of the source. */
    source: z.string(),
    config: z.record(z.string(), z.unknown()),
    roleArn: z.string(),
});
export type WantedAttachment = z.output<typeof wantedAttachment>;

/** What a life-cycle invocation sends: what is wanted, and under `tf` what happens and, on an update, what was wanted before. */
export const attachmentEvent = wantedAttachment.extend({
    tf: z.object({
        action: z.enum(["create", "update", "delete"]),
        prev_input: wantedAttachment.nullish().catch(undefined),
    }),
});
export type AttachmentEvent = z.output<typeof attachmentEvent>;

type Given = { readonly name: string; readonly config: unknown };

/** What is known of sources: `sources/run.ts`, or a test's own. */
export interface KnownSources {
    /** Opens the attacher of a source. */
    readonly openAttacher: (source: Given) => Promise<Attacher>;
    /** Which database a source means, as a text to compare. */
    readonly databaseOf: (source: Given) => string;
}

/**
 * Brings the database to what is wanted; may be repeated, and be sent twice. What was wanted before goes first: two configurations
 * may name one database in two ways, and the role must be there in the end. It comes even when taking the old one away failed.
 */
export async function followAttachment(event: AttachmentEvent, sources: KnownSources): Promise<void> {
    const { action, prev_input: before } = event.tf;
    if (action === "delete") {
        return detach(event, sources);
    }
    try {
        if (action === "update" && before && isElsewhere(before, event, sources)) {
            await detach(before, sources);
        }
    } finally {
        const attacher = await sources.openAttacher({ name: event.source, config: event.config });
        await attacher.attach(event.roleArn);
    }
}

async function detach({ source, config, roleArn }: WantedAttachment, { openAttacher }: KnownSources): Promise<void> {
    return (await openAttacher({ name: source, config })).detach(roleArn);
}

/** Whether another database or another role was meant; a change of any other key leaves the attachment where it is. */
function isElsewhere(before: WantedAttachment, now: WantedAttachment, { databaseOf }: KnownSources): boolean {
    const database = ({ source, config }: WantedAttachment): string => databaseOf({ name: source, config });
    return before.roleArn !== now.roleArn || database(before) !== database(now);
}
