import { randomUUID } from "node:crypto";
import { SourceBusyError } from "../../errors";
import type { About } from "../sql/about";
import type { Ask } from "../sql/inspection";
import { type Clock, type Patience, patienceOf } from "../sql/patience";
import { answerOf } from "./answers";
import { type ApiResponse, type ApiTools, cancel, look, type Session, submit } from "./api";
import { sortFailure, sortResponse } from "./failures";
import { fingerprintOf } from "./token";

/** Seconds that the statements of one asker may take together; a check makes four calls at most within the function's time. */
const patienceSeconds = 60;
/** Milliseconds that an answer is waited for at least, however little patience is left, and those in which a statement is stopped. */
const shortestWaitMs = 5_000;

/** Makes a call; what never got an answer is sorted here, answers are left to the caller. */
export async function call(about: About, make: () => Promise<ApiResponse>): Promise<ApiResponse> {
    try {
        return await make();
    } catch (error) {
        throw sortFailure(error, about);
    }
}

/** The statement's handle, of an answer that took it on: it may be done already. */
export function handleOf(response: ApiResponse, { credentials }: Session, about: About): string {
    const { status, statementHandle } = response;
    if ((status !== 200 && status !== 202) || statementHandle === undefined) {
        throw sortResponse(response, { ...about, fingerprint: fingerprintOf(credentials.key) });
    }
    return statementHandle;
}

/** Runs statements that give few rows, and waits for them: all of them together for a minute at most, then it stops and is busy. */
export function asker(session: Session, tools: ApiTools & Clock, about: About): Ask {
    const patience = patienceOf(tools, patienceSeconds);
    const hurried = (): ApiTools => ({ ...tools, answerWithinMs: Math.max(patience.leftMs(), shortestWaitMs) });
    return async (sql) => {
        const options = { requestId: randomUUID(), tag: "lookout check" };
        const submitted = await call(about, () => submit(session, hurried(), sql, options));
        const response =
            submitted.status === 202
                ? await follow(session, hurried, patience, {
                      ...about,
                      statementId: handleOf(submitted, session, about),
                  })
                : submitted;
        if (response.status !== 200) {
            const { statementHandle: statementId } = response;
            const fingerprint = fingerprintOf(session.credentials.key);
            throw sortResponse(response, { ...about, fingerprint, ...(statementId !== undefined && { statementId }) });
        }
        return answerOf(response);
    };
}

/** Looks until a statement has ended; stops it and calls the database busy when the patience is over before. */
async function follow(
    session: Session,
    tools: () => ApiTools,
    patience: Patience,
    about: About & { readonly statementId: string },
): Promise<ApiResponse> {
    const ended = await patience.until(async () => {
        const response = await call(about, () => look(session, tools(), about.statementId));
        return response.status === 202 ? undefined : response;
    });
    if (ended === undefined) {
        // Nobody waits for it any more: if it cannot be stopped, that is no other failure.
        await cancel(session, { ...tools(), answerWithinMs: shortestWaitMs }, about.statementId).catch(() => undefined);
        const text = `Source ${about.source}: ${about.doing} took more than ${patience.seconds} s.`;
        throw new SourceBusyError(text, { source: about.source });
    }
    return ended;
}
