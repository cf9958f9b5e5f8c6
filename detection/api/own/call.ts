import type { z } from "zod";
import type { ApiContext } from "../context";

/** A call beside the old API: `POST /lookout/v1/<name>`. */
export interface OwnCall {
    /** One line. */
    readonly summary: string;
    /** What a caller should know beside what request and answer say of themselves. */
    readonly description: string;
    readonly request: z.ZodType;
    readonly answer: z.ZodType;
    /** 202 when the work is accepted and not done. */
    readonly status: 200 | 202;
    /** Does a request that the schema has let through. */
    handle(context: ApiContext, request: unknown): Promise<unknown>;
}

/** Declares a call; its handler takes what its request's schema gives, and gives what its answer's schema says. */
export function ownCall<Request extends z.ZodType, Answer extends z.ZodType>(call: {
    readonly summary: string;
    readonly description: string;
    readonly request: Request;
    readonly answer: Answer;
    readonly status?: 200 | 202;
    readonly handle: (context: ApiContext, request: z.output<Request>) => Promise<z.input<Answer>>;
}): OwnCall {
    return {
        ...call,
        status: call.status ?? 200,
        handle: (context, request) => call.handle(context, request as z.output<Request>),
    };
}
