/*
 * What an estimate rests on, since a preview sees no row. States are those of the machines' definitions, and calls and requests are what a live
 * run takes on the embedded cloud, rounded up: tests count both. Seconds are reckoned from the requests that a call waits for, which is what
 * nearly all of its time goes to; they were not measured on AWS.
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

/** What one function does: how often it is called, with how much memory, and the requests to S3 of all those calls together. */
export interface Use {
    readonly calls: number;
    readonly gigabytes: number;
    /** PUT, POST and LIST. */
    readonly writes: number;
    /** GET and HEAD. */
    readonly reads: number;
}

/** States of a live run that has one window, and of each further window; a poll that finds the query running costs three more. */
export const statesOf = { run: 5, window: 6, poll: 3 } as const;

/**
 * A live run of one detector, whatever its windows: it is planned within a tick, closed, scored and told of. The notifier hears of the run's
 * success and of the worker's.
 */
export const usesOfRun: Readonly<Record<string, Use>> = {
    planLive: { calls: 0, gigabytes: 0.5, writes: 6, reads: 8 },
    closeRun: { calls: 1, gigabytes: 0.5, writes: 6, reads: 5 },
    notify: { calls: 2, gigabytes: 0.5, writes: 0, reads: 3 },
    detectionApi: { calls: 1, gigabytes: 1, writes: 0, reads: 1 },
    detectionWorker: { calls: 1.2, gigabytes: 2.94, writes: 8, reads: 6 },
};

/** Each window of a run, beside its extractor: what commits it, and the objects that the database writes by itself. */
export const usesOfWindow: Readonly<Record<string, Use>> = {
    commitWindow: { calls: 1, gigabytes: 1, writes: 4, reads: 8 },
    database: { calls: 0, gigabytes: 0, writes: 2, reads: 0 },
};

/** The extractor of a window, whose memory its source decides: the call that starts, and each that asks. */
export const extractorCalls = { start: { writes: 1, reads: 3 }, status: { writes: 0, reads: 2 } } as const;

/** A tick, which plans all detectors of an interval or looks after those of the service; it reports its success. */
export const usesOfTick: Readonly<Record<string, Use>> = {
    tick: { calls: 1, gigabytes: 0.5, writes: 2, reads: 2 },
    notify: { calls: 1, gigabytes: 0.5, writes: 0, reads: 2 },
};

/** Seconds that a function which is not warm is charged for starting: between two hourly runs all have gone cold, and all are taken to be. */
export const startSeconds = 0.6;

/** Seconds that a request to S3 takes, of which a call makes one after the other. */
export const requestSeconds = 0.05;

/** Bytes of log lines that a live window leaves. */
export const logBytesOfWindow = 8000;

/** Days of a month, for estimates. */
export const daysOfMonth = 30.4;
