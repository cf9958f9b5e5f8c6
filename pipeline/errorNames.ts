/*
 * Error names that the state machines act on. A function's error reaches a machine under its `name`; everything that is not
 * listed here is final.
 */

/** The source cannot take the work now: wait and try again. */
export const busyErrors = ["SourceBusyError"] as const;

/** Lambda itself failed or throttled the call: the function may not have run at all, and calling it again is safe. */
export const transientErrors = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
] as const;

/** Error of an execution that ended in failure after somebody was told. */
export const runFailed = "RunFailed";
