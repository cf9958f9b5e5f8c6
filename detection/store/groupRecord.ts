import { z } from "zod";
import { instant } from "./instant";

/** The worst interval of a series: `scaled` is the signed deviation in usual deviations, `evidence` an index into `evidenceNames`. */
export const peakRecord = z.object({
    at: instant,
    value: z.number(),
    expected: z.number(),
    scaled: z.number(),
    evidence: z.int(),
});

/** What scoring a group's time again made of it. */
export const amendedKind = z.enum(["raised", "revised", "withdrawn"]);

/** Anomalies of one measure in consecutive intervals, as listed, and as a line of a day's file. */
export const groupRecord = z.object({
    /** UUID that begins with the start in minutes since 1970, so that a group is found by its id. */
    id: z.uuid(),
    measure: z.string(),
    /** Starts of the first and of the last anomalous interval. */
    start: instant,
    end: instant,
    /** 0 to 100. */
    severity: z.number(),
    /** The affected series. */
    members: z.array(
        z.object({
            combination: z.int(),
            /** One value for each dimension. */
            values: z.array(z.string()),
            weight: z.number(),
            severity: z.number(),
            peak: peakRecord.optional(),
        }),
    ),
    /** Parts of the measure that explain the deviation, best first; null stands for every value of a dimension. */
    causes: z.array(
        z.object({
            values: z.array(z.string().nullable()),
            strength: z.number(),
            /** Its part in what the causes explain; together they make 1. */
            share: z.number().optional(),
        }),
    ),
    /** Id of the first group of the incident that this one belongs to: its own where it is the first or the only one. */
    incident: z.uuid().optional(),
    /** Counts the changes of this record, from 1. */
    version: z.int().optional(),
    /** True while the next interval may extend it. */
    isOpen: z.boolean(),
    /** What scoring its time again changed, when rows had come late; absent for a group that stands as it was found. */
    amended: z
        .object({
            /** Withdrawn groups are anomalies no more: found by their id, and listed nowhere. */
            kind: amendedKind,
            at: instant,
            /** The group that it takes the place of, or that takes its place, where its start moved. */
            other: z.uuid().optional(),
            /** Counts withdrawals and renewals: each is told anew. */
            tellings: z.int().default(0),
        })
        .optional(),
});
export type GroupRecord = z.output<typeof groupRecord>;
