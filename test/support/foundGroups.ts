import { causeOf, type Contribution, type FoundGroup } from "../../local/demo/foundGroup";
import type { Truth } from "../../local/demo/warehouse";

/** An instant of 1 April 2026, by hour. */
export const hourOfApril = (hour: number): number => Date.parse("2026-04-01T00:00:00Z") + hour * 3_600_000;

/** A contribution of each named value that leaves nothing to others, with a rest where the share is below 100. */
export function contributions(shares: Readonly<Record<string, Readonly<Record<string, number>>>>): Contribution[] {
    return Object.entries(shares).flatMap(([dimension, values]) =>
        Object.entries(values).map(([value, share]) => ({ dimension, value, share })),
    );
}

/** A group of views on mobile_app in us, from 03:00 to 05:00, except for what is given. */
export function group(given: Partial<FoundGroup> = {}): FoundGroup {
    const shares = given.contributions ?? contributions({ platform: { mobile_app: 100 }, marketplace: { us: 100 } });
    return {
        id: "group-1",
        detector: "ecommerce",
        start: hourOfApril(3),
        end: hourOfApril(5),
        measure: "views",
        severity: 92.4,
        dimensions: causeOf(shares),
        contributions: shares,
        expected: 400,
        actual: 1000,
        cause: { expected: 400, actual: 1000, share: 100, metrics: 1 },
        series: [],
        metrics: 1,
        ...given,
    };
}

/** An injected anomaly of mobile_app in us, from 03:00 to 05:00, except for what is given. */
export function truth(given: Partial<Truth> = {}): Truth {
    return {
        start: hourOfApril(3),
        end: hourOfApril(5),
        dimensions: { platform: "mobile_app", marketplace: "us" },
        shift: 300,
        ratio: 47,
        ...given,
    };
}
