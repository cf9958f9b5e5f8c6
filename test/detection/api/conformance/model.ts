import { readFileSync } from "node:fs";
import path from "node:path";
import * as client from "@aws-sdk/client-lookoutmetrics";

/** An operation as the official client knows it. */
export interface Operation {
    readonly name: string;
    /** Names of the errors that the API's model gives it. */
    readonly errors: readonly string[];
}

/** Every operation that the official client can send, with its errors: read from the client itself, so that none can be missing. */
export function operations(): Operation[] {
    return Object.keys(client)
        .filter((name) => /^[A-Z].*Command$/.test(name))
        .map((command) => ({ name: command.replace(/Command$/, ""), errors: errorsOf(command) }));
}

/** The client's own documentation of a command lists what it throws. */
function errorsOf(command: string): string[] {
    const root = path.resolve(path.dirname(require.resolve("@aws-sdk/client-lookoutmetrics")), "..");
    const text = readFileSync(path.join(root, "dist-types", "commands", `${command}.d.ts`), "utf8");
    return [...text.matchAll(/@throws \{@link (\w+)\}/g)]
        .map(([, name]) => name!)
        .filter((name) => name !== "LookoutMetricsServiceException");
}

type Commands = Record<string, new (input: object) => { input: object }>;

/** A command of the official client, by the operation's name. */
export function command(name: string, input: object) {
    return new (client as unknown as Commands)[`${name}Command`]!(input) as client.ListAlertsCommand;
}

/** Status of each error. */
export const statuses: Readonly<Record<string, number>> = {
    ValidationException: 400,
    ResourceNotFoundException: 400,
    ServiceQuotaExceededException: 402,
    AccessDeniedException: 403,
    ConflictException: 409,
    TooManyRequestsException: 429,
    InternalServerException: 500,
};
