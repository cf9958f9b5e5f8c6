import { z } from "zod";

/** An instant: ISO 8601 text in JSON, milliseconds since 1970 in code. */
export const instant = z.codec(z.iso.datetime(), z.number(), {
    decode: (text) => Date.parse(text),
    encode: (ms) => new Date(ms).toISOString(),
});
