import { z } from "zod";
import type { ExtractionStatus, Ticket } from "../metricSource";

/** `rows` is null when an earlier call of the same attempt wrote them. */
const finishedTicket = z.object({ rows: z.int().nullable() });

/** The status of an extraction that was over when `start` answered, as a streaming source's always is. */
export function finished(ticket: Ticket): ExtractionStatus {
    const { rows } = finishedTicket.parse(ticket);
    return { state: "finished", ...(rows !== null && { rows }) };
}
