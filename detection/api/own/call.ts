import type { z } from "zod";
import type { ApiContext } from "../context";

/** A call beside the old API: `POST /lookout/v1/<name>`. */
export interface OwnCall<Request extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> {
    /** One line. */
    readonly summary: string;
    /** What a caller should know beside what request and answer say of themselves. */
    readonly description: string;
    readonly request: Request;
    readonly answer: Answer;
    /** 202 when the work is accepted and not done. @default 200 */
    readonly status?: 202;
    /** Does a request that the schema has let through. */
    handle(context: ApiContext, request: z.output<Request>): Promise<z.input<Answer>>;
}

/** Declares a call; its handler takes what its request's schema gives, and gives what its answer's schema says. */
export const ownCall = <Request extends z.ZodType, Answer extends z.ZodType>(
    call: OwnCall<Request, Answer>,
): OwnCall<Request, Answer> => call;
