import { parked, type FaultCase } from "./faultTable";

/* What may befall a source that streams: a window of some megabytes, on its way in parts. */

/** As often as the SDK tries a request. */
const sdk = 3;
const lost = { status: 0 };

/** Faults in mid-upload; `cutDatabase` ends the database's connections. */
export const uploadFaults = (cutDatabase: () => Promise<void>): readonly FaultCase[] => [
    { name: "connection is lost in a part", strike: (w) => w.fault({ at: "s3:UploadPart", error: lost }) },
    {
        name: "connection is lost when a part was stored",
        strike: (w) => w.fault({ at: "s3:UploadPart", when: "after", error: lost }),
    },
    {
        name: "connection is lost in a part, whatever the client tries",
        strike: (w) => w.fault({ at: "s3:UploadPart", times: sdk, error: lost }),
    },
    {
        name: "store throttles the parts",
        strike: (w) => w.fault({ at: "s3:UploadPart", times: sdk, error: { name: "SlowDown", status: 503 } }),
    },
    {
        name: "store cannot complete the upload",
        strike: (w) =>
            w.fault({ at: "s3:CompleteMultipartUpload", times: sdk, error: { name: "InternalError", status: 500 } }),
    },
    {
        name: "answer of the completion is lost",
        strike: (w) => w.fault({ at: "s3:CompleteMultipartUpload", when: "after", error: lost }),
    },
    {
        name: "answer of the completion is lost, whatever the client tries",
        strike: (w) => w.fault({ at: "s3:CompleteMultipartUpload", when: "after", times: sdk, error: lost }),
    },
    {
        name: "conditional completion of the upload loses",
        strike: (w) =>
            w.fault({
                at: "s3:CompleteMultipartUpload",
                when: "after",
                error: { name: "PreconditionFailed", status: 412 },
            }),
    },
    {
        name: "store is slow: extractor's time runs out in a part",
        strike: (w) => w.fault({ at: "s3:UploadPart", lateMs: 0 }),
        ticks: 2,
        told: parked,
    },
    {
        name: "store is slow: the upload is completed when its window is parked",
        strike: (w) => w.fault({ at: "s3:CompleteMultipartUpload", lateMs: 600_000 }),
        ticks: 2,
        told: parked,
    },
    { name: "database is gone between two windows", strike: cutDatabase },
];
