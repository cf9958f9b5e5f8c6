import { coverage, covers, planInjections, type Incident, type Injection, type Scope } from "./anomalies";
import { openRandom, type Random } from "./random";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const platforms = ["pc_web", "mobile_web", "mobile_app"] as const;
const marketplaces = ["us", "uk", "de", "fr", "es", "it", "jp"] as const;

/** Smallest and largest noise, in views. */
const noiseViews = [2, 10] as const;
/** Standard deviation of the noise, in views: the root of the mean square of a uniform draw between its two ends. */
export const noiseDeviation = Math.sqrt((noiseViews[0] ** 2 + noiseViews[0] * noiseViews[1] + noiseViews[1] ** 2) / 3);

const liveIncidents: readonly Incident[] = [
    { scope: { platform: "mobile_app" }, share: 0.1, minutes: 180 },
    { scope: { marketplace: "jp" }, share: 0.05, minutes: 120 },
    { scope: { platform: "pc_web" }, share: 1.8, minutes: 240 },
];
const historyIncidents: readonly Incident[] = [{ scope: { marketplace: "fr" }, share: 0.2, minutes: 180 }];

export interface WarehouseOptions {
    readonly seed: number;
    /** First hour of the data, milliseconds since 1970, a full hour. */
    readonly start: number;
    /** Days before the live stretch begins. */
    readonly historyDays: number;
    readonly liveDays: number;
}

/** An injected anomaly, as it came out in the data. */
export interface Truth {
    /** First hour that is changed. Milliseconds since 1970. */
    readonly start: number;
    /** End of the last hour that is changed. */
    readonly end: number;
    /** The dimension values that are hit; a dimension that is not named is hit in all its values. */
    readonly dimensions: Scope;
    /** Views per pair that the hour with the largest change gained (or lost, below zero), on average over the pairs. */
    readonly shift: number;
    /** Size of the shift as a multiple of the noise's standard deviation. */
    readonly ratio: number;
}

/** The sample's three tables as CSV texts with a header line, and what was injected. */
export interface SampleWarehouse {
    readonly tables: readonly SampleTable[];
    readonly truth: readonly Truth[];
    /** Where the live stretch begins and the data end. Milliseconds since 1970. */
    readonly liveStart: number;
    readonly end: number;
    /** Rows of the fact table. */
    readonly rows: number;
}

export interface SampleTable {
    readonly name: string;
    /** CREATE TABLE, in the database's SQL. */
    readonly create: string;
    readonly csv: string;
}

/** Every pair's dimension values. */
export const pairScopes: readonly Scope[] = platforms.flatMap((platform) =>
    marketplaces.map((marketplace) => ({ platform, marketplace })),
);

interface Pair {
    readonly platform: number;
    readonly marketplace: number;
    readonly values: Scope;
    readonly base: number;
    readonly height: number;
    readonly peakHour: number;
}

/**
 * Builds the sample warehouse: views and revenue per hour of 21 pairs of platform and marketplace.
 *
 * Each pair draws once: a base from 100 to 200 views, a peak height from 200 to 400 views and a peak time from 12:00 to 21:00
 * UTC. At the hour h of a day its views are
 *
 *     base + height x (1 + cos(2 pi (h - peak time) / 24)) / 2  +-  noise
 *
 * with the noise uniform from 2 to 10 views and its sign a coin toss. Injected anomalies are applied to that value: a shift adds
 * its views times the covered part of the hour, a scale leaves its share. The result is rounded to whole views, never below
 * zero; revenue is 0.3 x views in cents. In the live stretch an anomaly follows the last after 3 to 7 hours, in the history
 * after 2 to 6 days. The same options give the same bytes.
 */
export function buildWarehouse(options: WarehouseOptions): SampleWarehouse {
    const liveStart = options.start + options.historyDays * DAY_MS;
    const end = liveStart + options.liveDays * DAY_MS;
    const injections = inject(options, liveStart, end);
    const random = openRandom(options.seed);
    const pairs = drawPairs(random);
    const changes = new Map<Injection, Map<number, number[]>>();
    const lines: string[] = [];
    for (let hour = options.start; hour < end; hour += HOUR_MS) {
        const active = injections.filter((injection) => coverage(injection, hour) > 0);
        const ts = new Date(hour).toISOString().slice(0, 19).replace("T", " ");
        for (const pair of pairs) {
            const normal = Math.max(0, Math.round(normalViews(pair, hour, random)));
            const views = applyInjections(active, pair, hour, normal, changes);
            lines.push(
                `${lines.length + 1},${ts},${pair.platform},${pair.marketplace},${views},${(views * 0.3).toFixed(2)}`,
            );
        }
    }
    const truth = injections.map((injection) => describe(injection, changes.get(injection) ?? new Map()));
    return { tables: tables(lines), truth, liveStart, end, rows: lines.length };
}

function inject({ seed, start }: WarehouseOptions, liveStart: number, end: number): Injection[] {
    const dimensions = { platform: platforms, marketplace: marketplaces };
    const history = { from: start, to: liveStart, gapHours: [48, 144], incidents: historyIncidents } as const;
    const live = { from: liveStart, to: end, gapHours: [3, 7], incidents: liveIncidents } as const;
    return [
        ...planInjections({ ...history, dimensions, seed: seed + 1 }),
        ...planInjections({ ...live, dimensions, seed: seed + 2 }),
    ];
}

function drawPairs(random: Random): Pair[] {
    return platforms.flatMap((platform, p) =>
        marketplaces.map((marketplace, m) => ({
            platform: p + 1,
            marketplace: m + 1,
            values: { platform, marketplace },
            base: random.uniform(100, 200),
            height: random.uniform(200, 400),
            peakHour: random.uniform(12, 21),
        })),
    );
}

function normalViews(pair: Pair, hour: number, random: Random): number {
    const hourOfDay = (hour % DAY_MS) / HOUR_MS;
    const wave = (1 + Math.cos((2 * Math.PI * (hourOfDay - pair.peakHour)) / 24)) / 2;
    return pair.base + pair.height * wave + random.pick([-1, 1]) * random.uniform(...noiseViews);
}

/** The views after all injections, and a note of what each of them changed. */
function applyInjections(
    active: readonly Injection[],
    pair: Pair,
    hour: number,
    normal: number,
    changes: Map<Injection, Map<number, number[]>>,
): number {
    let views = normal;
    for (const injection of active.filter(({ scope }) => covers(scope, pair.values))) {
        const { change } = injection;
        const part = coverage(injection, hour);
        const shift = change.kind === "shift" ? change.views * part : normal * (change.share - 1) * part;
        const changed = Math.max(0, Math.round(views + shift));
        const hours = changes.get(injection) ?? new Map<number, number[]>();
        hours.set(hour, [...(hours.get(hour) ?? []), changed - views]);
        changes.set(injection, hours);
        views = changed;
    }
    return views;
}

function describe({ start, scope, end }: Injection, hours: ReadonlyMap<number, readonly number[]>): Truth {
    const means = [...hours.values()].map((shifts) => shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length);
    const shift = means.reduce((largest, mean) => (Math.abs(mean) > Math.abs(largest) ? mean : largest), 0);
    return {
        start,
        end: Math.ceil(end / HOUR_MS) * HOUR_MS,
        dimensions: scope,
        shift,
        ratio: Math.abs(shift) / noiseDeviation,
    };
}

function tables(facts: readonly string[]): SampleTable[] {
    const names = (values: readonly string[]): string => values.map((name, index) => `${index + 1},${name}\n`).join("");
    return [
        {
            name: "platform",
            create: "CREATE TABLE platform (id integer PRIMARY KEY, name varchar(32) NOT NULL)",
            csv: `id,name\n${names(platforms)}`,
        },
        {
            name: "marketplace",
            create: "CREATE TABLE marketplace (id integer PRIMARY KEY, name varchar(32) NOT NULL)",
            csv: `id,name\n${names(marketplaces)}`,
        },
        {
            name: "ecommerce",
            create:
                "CREATE TABLE ecommerce (id integer PRIMARY KEY, ts timestamp NOT NULL, platform integer REFERENCES platform (id), " +
                "marketplace integer REFERENCES marketplace (id), views integer, revenue decimal(9,2))",
            csv: `id,ts,platform,marketplace,views,revenue\n${facts.join("\n")}\n`,
        },
    ];
}
