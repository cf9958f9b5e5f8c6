import type { z } from "zod";
import { validationError } from "./errors";

/** A request as its schema reads it. Throws ValidationException that names each member at fault. */
export function check<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
    const result = schema.safeParse(value, { reportInput: true });
    if (!result.success) throw validationError(result.error);
    return result.data;
}
