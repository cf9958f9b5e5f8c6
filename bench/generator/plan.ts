import type { Chance } from "./chance";
import type { Dimension, EventType } from "./dataSet";

/** How a measure comes about. */
export interface MeasurePlan {
    readonly name: string;
    /** `count`: whole numbers by chance; `amount`: a sum of money; `average`: a level that no volume moves. */
    readonly kind: "count" | "amount" | "average";
    /** Index of the measure that it is a part or a multiple of; absent for one that stands alone. */
    readonly follows?: number;
    /** Mean of the middle combination, or factor on the measure that it follows. */
    readonly level: number;
    /** Relative standard deviation of its own noise in a combination. */
    readonly noise: number;
}

/** What the data of one set look like. */
export interface Plan {
    readonly name: string;
    readonly intervalSeconds: number;
    readonly intervals: number;
    readonly learnIntervals: number;
    readonly dimensions: readonly Dimension[];
    readonly measures: readonly MeasurePlan[];
    /** Orders of magnitude between the largest and the smallest combination. */
    readonly unevenness: number;
    /** Relative standard deviations of the noise that all series share, and that the series of a dimension value share. */
    readonly commonNoise: number;
    readonly valueNoise: number;
    /** Lag-one correlation of the noise. */
    readonly persistence: number;
    /** Growth over the whole set: 0.2 for a fifth. */
    readonly growth: number;
    /** Excess variance of counts over chance, relative to the squared mean. */
    readonly dispersion: number;
    readonly dayAmplitude: number;
    readonly weekendFactor: number;
    /** Part of the rows that is missing, and whole intervals without any row. */
    readonly missingRows: number;
    readonly gaps: number;
    /** What the last two days of a month, and its first one, are more or less than others; for sets of days. */
    readonly monthEnds: number;
    readonly monthStarts: number;
    readonly holidays: number;
    readonly promotions: number;
    readonly scoredEvents: number;
    readonly learnedEvents: number;
    readonly types: readonly EventType[];
}

/** Start of every set, in milliseconds since 1970: a Monday. */
export const start = Date.UTC(2025, 0, 6);

const platforms = ["pc_web", "mobile_web", "mobile_app", "tv", "kiosk"];
const markets = ["us", "uk", "de", "fr", "es", "it", "jp", "br", "in", "au"];
const channels = ["search", "social", "direct", "mail"];
const allTypes: readonly EventType[] = ["spike", "dip", "outage", "level_shift", "ramp", "burst"];

/** The sets of one seed: a shop by the hour, its rare events, a funnel in three dimensions, sales by the day, requests by five
 * minutes, invoices that go out at the end of a month. */
export function plansOf(chance: Chance): Plan[] {
    return [shop(chance), rare(chance), funnel(chance), sales(chance), requests(chance), invoices(chance)];
}

const hour = 3600;

function shop(chance: Chance): Plan {
    return {
        ...usual(chance),
        name: "hourlyShop",
        intervalSeconds: hour,
        intervals: 24 * 84,
        learnIntervals: 24 * 42,
        dimensions: [
            { name: "platform", values: platforms.slice(0, chance.whole(3, 4)) },
            { name: "marketplace", values: markets.slice(0, chance.whole(5, 8)) },
        ],
        measures: [
            { name: "views", kind: "count", level: chance.scale(300, 3000), noise: chance.between(0.03, 0.08) },
            { name: "revenue", kind: "amount", follows: 0, level: 0.3, noise: chance.between(0.03, 0.08) },
        ],
        scoredEvents: 14,
    };
}

function rare(chance: Chance): Plan {
    return {
        ...usual(chance),
        name: "hourlyRare",
        intervalSeconds: hour,
        intervals: 24 * 84,
        learnIntervals: 24 * 42,
        dimensions: [{ name: "marketplace", values: markets.slice(0, chance.whole(6, 10)) }],
        measures: [
            { name: "signUps", kind: "count", level: chance.scale(3, 20), noise: 0.05 },
            { name: "errors", kind: "count", level: chance.scale(0.3, 2), noise: 0.05 },
        ],
        unevenness: 0.6,
        growth: chance.between(-0.1, 0.2),
        types: ["spike", "spike", "outage", "level_shift", "burst"],
        scoredEvents: 12,
    };
}

function funnel(chance: Chance): Plan {
    return {
        ...usual(chance),
        name: "hourlyFunnel",
        intervalSeconds: hour,
        intervals: 24 * 70,
        learnIntervals: 24 * 35,
        dimensions: [
            { name: "platform", values: platforms.slice(0, 3) },
            { name: "marketplace", values: markets.slice(0, chance.whole(3, 5)) },
            { name: "channel", values: channels.slice(0, chance.whole(2, 3)) },
        ],
        measures: [
            { name: "visits", kind: "count", level: chance.scale(500, 2000), noise: chance.between(0.03, 0.07) },
            { name: "orders", kind: "count", follows: 0, level: chance.between(0.05, 0.2), noise: 0.03 },
            { name: "revenue", kind: "amount", follows: 1, level: 40, noise: chance.between(0.05, 0.1) },
            { name: "latency", kind: "average", level: 240, noise: chance.between(0.04, 0.08) },
        ],
        unevenness: 0.8,
        scoredEvents: 14,
    };
}

function sales(chance: Chance): Plan {
    return {
        ...usual(chance),
        name: "dailySales",
        intervalSeconds: 24 * hour,
        intervals: 640,
        learnIntervals: 400,
        dimensions: [
            { name: "marketplace", values: markets.slice(0, chance.whole(4, 6)) },
            { name: "channel", values: channels.slice(0, 3) },
        ],
        measures: [
            { name: "orders", kind: "count", level: chance.scale(300, 4000), noise: chance.between(0.03, 0.07) },
            { name: "turnover", kind: "amount", follows: 0, level: 35, noise: chance.between(0.03, 0.08) },
        ],
        growth: chance.between(0, 0.6),
        persistence: chance.between(0, 0.3),
        gaps: 3,
        holidays: 8,
        promotions: 4,
        types: ["spike", "dip", "outage", "level_shift", "ramp"],
        scoredEvents: 10,
    };
}

function invoices(chance: Chance): Plan {
    return {
        ...sales(chance),
        name: "dailyInvoices",
        measures: [
            { name: "invoices", kind: "count", level: chance.scale(100, 2000), noise: chance.between(0.03, 0.07) },
            { name: "billed", kind: "amount", follows: 0, level: 120, noise: chance.between(0.03, 0.08) },
        ],
        monthEnds: chance.between(1.4, 2.2),
        monthStarts: chance.between(0.5, 0.9),
        holidays: 4,
        promotions: 2,
    };
}

function requests(chance: Chance): Plan {
    return {
        ...usual(chance),
        name: "fiveMinuteRequests",
        intervalSeconds: 300,
        intervals: 288 * 28,
        learnIntervals: 288 * 16,
        dimensions: [
            { name: "region", values: markets.slice(0, chance.whole(3, 4)) },
            { name: "service", values: ["search", "basket", "payment"] },
        ],
        measures: [
            { name: "requests", kind: "count", level: chance.scale(200, 2000), noise: chance.between(0.03, 0.06) },
            { name: "latency", kind: "average", level: 80, noise: chance.between(0.05, 0.1) },
        ],
        unevenness: 0.7,
        promotions: 0,
        scoredEvents: 14,
    };
}

function usual(chance: Chance): Omit<Plan, "name" | "intervalSeconds" | "intervals" | "learnIntervals" | "dimensions"> {
    return {
        measures: [],
        unevenness: chance.between(0.5, 1.2),
        commonNoise: chance.between(0.005, 0.03),
        valueNoise: chance.between(0, 0.015),
        persistence: chance.between(0, 0.6),
        growth: chance.between(-0.1, 0.4),
        dispersion: chance.between(0, 0.01),
        dayAmplitude: chance.between(0.3, 0.7),
        weekendFactor: chance.between(0.7, 1.2),
        missingRows: chance.pick([0, 0, 0.002]),
        gaps: chance.whole(0, 3),
        monthEnds: 1.12,
        monthStarts: 1,
        holidays: 2,
        promotions: 1,
        scoredEvents: 12,
        learnedEvents: 3,
        types: allTypes,
    };
}
