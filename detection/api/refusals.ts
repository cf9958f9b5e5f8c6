import { DataError, NotFoundError } from "../../errors";
import { ApiError, denied, invalid } from "./errors";

/**
 * What the API answers to an error: the one place where errors become types and statuses. `isTagCall` for the calls on tags, whose model
 * knows no refused access.
 */
export function refusalOf(error: unknown, isTagCall = false): ApiError {
    if (error instanceof ApiError) return error;
    if (error instanceof NotFoundError)
        return new ApiError("ResourceNotFoundException", "The resource has been deleted meanwhile.");
    if (error instanceof DataError) return invalid(error.message);
    if (isAccessDenied(error) && !isTagCall)
        return denied("The service's role does not allow this; see the service's log for what AWS refused.");
    return new ApiError("InternalServerException", "The service failed; try again, and see its log.");
}

/** AWS's clients name it `AccessDenied`, `AccessDeniedException` or, for a request without a body, by the status alone. */
function isAccessDenied(error: unknown): boolean {
    if (!(error instanceof Error)) return false;
    const { $metadata } = error as { $metadata?: { readonly httpStatusCode?: number } };
    return /^AccessDenied(Exception)?$/.test(error.name) || $metadata?.httpStatusCode === 403;
}
