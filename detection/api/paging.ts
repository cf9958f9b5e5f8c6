import { z } from "zod";
import type { GroupPlace } from "../store/groupSummary";
import { invalidField } from "./errors";

/** A token holds until a day after it was given. */
const tokenLifeMs = 86_400_000;

const envelope = z.object({ for: z.string(), at: z.number(), place: z.unknown() });

/**
 * Makes a token that says where a listing goes on. `subject` is what is listed (operation and filters): a token of one listing is no
 * good for another.
 */
export function makeToken(subject: string, place: unknown, now: number): string {
    return Buffer.from(JSON.stringify({ for: subject, at: now, place })).toString("base64url");
}

/** The place in a token, undefined without one. Throws ValidationException for a token that is not of this listing, or has expired. */
export function readToken<S extends z.ZodType>(
    token: string | undefined,
    { subject, schema, now }: { readonly subject: string; readonly schema: S; readonly now: number },
): z.output<S> | undefined {
    if (token === undefined) return undefined;
    const content = envelope.safeParse(parseJson(Buffer.from(token, "base64url").toString("utf8")));
    if (!content.success || content.data.for !== subject)
        throw invalidField("NextToken", "is not a token that this listing gave");
    if (now - content.data.at > tokenLifeMs) throw invalidField("NextToken", "has expired; list from the start again");
    const place = schema.safeParse(content.data.place);
    if (!place.success) throw invalidField("NextToken", "is not a token that this listing gave");
    return place.data;
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}

/** One page of a list that is at hand: the items after a key, and the key that the next page begins after. */
export function pageAfter<T>(
    items: readonly T[],
    keyOf: (item: T) => string,
    { after, size }: { readonly after: string | undefined; readonly size: number },
): { readonly page: readonly T[]; readonly next: string | undefined } {
    const at = after === undefined ? 0 : items.findIndex((item) => keyOf(item) > after);
    const page = at < 0 ? [] : items.slice(at, at + size);
    const hasMore = at >= 0 && at + size < items.length;
    return { page, next: hasMore ? keyOf(page.at(-1)!) : undefined };
}

/** Where a listing of groups goes on. */
export const groupPlace: z.ZodType<GroupPlace> = z.object({ start: z.number(), id: z.string() });
