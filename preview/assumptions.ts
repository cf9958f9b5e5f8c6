/*
 * What an estimate has to assume, since a preview sees no row. States and calls are those of the machines' definitions, whose states a test
 * counts; requests, seconds and bytes are what we expect of a window of a thousand rows, rounded up, and not measured on AWS.
 */

/** What nobody can know before the first extraction. */
export interface Assumptions {
    /** Rows in one interval: as a rule one for each combination of the dimensions' values. */
    readonly rowsPerInterval: number;
    /** Bytes of a row as CSV. */
    readonly bytesPerRow: number;
    /** Seconds that the database takes for a live window's query. */
    readonly querySeconds: number;
}

export const usualAssumptions: Assumptions = { rowsPerInterval: 1000, bytesPerRow: 60, querySeconds: 10 };

/** One function in one window of a live run: how often it is called, for how long, with how much memory. */
export interface CallsOfWindow {
    readonly calls: number;
    readonly seconds: number;
    readonly gigabytes: number;
}

/** States of a live run that has one window, and of each further window; a poll that finds the query running costs three more. */
export const statesOf = { run: 5, window: 6, poll: 3 } as const;

/** Requests to S3 for a live window, with the scoring that follows it: writes (PUT and LIST) and reads (GET). */
export const requestsOf = { writes: 60, reads: 75 } as const;

/** Functions beside the extractor, for a live run of one window. */
export const callsOf: Readonly<Record<string, CallsOfWindow>> = {
    commitWindow: { calls: 1, seconds: 1, gigabytes: 1 },
    closeRun: { calls: 1, seconds: 0.5, gigabytes: 0.5 },
    notify: { calls: 1, seconds: 0.2, gigabytes: 0.5 },
    detectionApi: { calls: 1, seconds: 0.3, gigabytes: 1 },
    detectionWorker: { calls: 1, seconds: 3, gigabytes: 2.94 },
};

/** A call of the extractor that submits or asks; one that streams lasts as long as the query. */
export const extractorCall = { seconds: 0.3, gigabytes: 0.5 } as const;

/** A tick, which plans all detectors of an interval or looks after those of the service. */
export const tickCall = { seconds: 1, gigabytes: 0.5 } as const;

/** Bytes of log lines that a live window leaves. */
export const logBytesOfWindow = 8000;

/** Days of a month, for estimates. */
export const daysOfMonth = 30.4;
