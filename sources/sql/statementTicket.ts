import { z } from "zod";
import type { Ticket } from "../metricSource";
import type { About, Columns } from "./about";

/** The ticket of a statement that a database works on by itself. */
export const statementTicket = z.object({
    statementId: z.string(),
    detector: z.string(),
    window: z.string(),
    /** `Columns` as JSON: a ticket is flat. */
    columns: z.string(),
    queryHash: z.string(),
});

/** What a failure of the ticket's statement is about. */
export function aboutTicket(source: string, ticket: Ticket): About & { readonly statementId: string } {
    const { statementId, detector, window, columns } = statementTicket.parse(ticket);
    return { source, detector, window, statementId, columns: JSON.parse(columns) as Columns };
}
