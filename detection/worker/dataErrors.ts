import { DataError } from "../../errors";

/** An object that was read, and is not what its format says: no other reading of the same bytes comes to anything else. */
export class UnreadableObjectError extends DataError {}

/** What keeps a detector from being activated until somebody does something about it. The message is shown as the reason. */
export class ActivationError extends Error {
    override readonly name: string = "ActivationError";
}
