import type { Problem } from "../../errors";
import type { CheckReport } from "../../pipeline/check/report";
import { unbuiltHalves } from "../../sources/deploy";
import type { UnbuiltHalf } from "../../sources/metricSource";

type Keys = Readonly<Record<string, unknown>>;

/** A detector whose source is of a type that is known and not built. */
export interface UnbuiltDetector {
    readonly detector: string;
    readonly source: string;
    readonly type: string;
    /** Why no row can be extracted, and how that is changed: a clause. */
    readonly reason: string;
}

/** A stack's keys, `sources`, `detectors` and so on, without what cannot be built, and the detectors that were left out for it. */
export function withoutUnbuilt(keys: Keys): { readonly keys: Keys; readonly left: readonly UnbuiltDetector[] } {
    const [sources, detectors] = [mapOf(keys.sources), mapOf(keys.detectors)];
    const halves: Readonly<Record<string, UnbuiltHalf>> = unbuiltHalves;
    const halfOf = (source: string): UnbuiltHalf | undefined => {
        const { type } = mapOf(sources[source]);
        return typeof type === "string" && Object.hasOwn(halves, type) ? halves[type] : undefined;
    };
    const sourceOf = (detector: string): string => String(mapOf(detectors[detector]).source);
    const left = Object.keys(detectors).flatMap((detector) => {
        const half = halfOf(sourceOf(detector));
        if (half === undefined) return [];
        return [{ detector, source: sourceOf(detector), type: half.type, reason: half.unbuilt }];
    });
    const without = (all: Keys, isLeft: (name: string) => boolean): Keys =>
        Object.fromEntries(Object.entries(all).filter(([name]) => !isLeft(name)));
    return {
        keys: {
            ...keys,
            sources: without(sources, (name) => halfOf(name) !== undefined),
            detectors: without(detectors, (name) => halfOf(sourceOf(name)) !== undefined),
        },
        left,
    };
}

/** Whether all that is wrong with a configuration is that these detectors' sources are not built. */
export const isUnbuiltAlone = (problems: readonly Problem[], left: readonly UnbuiltDetector[]): boolean =>
    left.length > 0 && problems.every(({ key }) => left.some(({ source }) => key === keyOf(source)));

/** What a check says of such a detector; `now` in milliseconds since 1970. */
export const unbuiltReport = ({ detector, source, type, reason }: UnbuiltDetector, now: number): CheckReport => ({
    detector,
    source,
    verdict: "not built",
    findings: [{ severity: "error", key: keyOf(source), finding: `"${type}" ${reason}` }],
    columns: [],
    backfill: { windows: 0, from: now, to: now },
});

const keyOf = (source: string): string => `lookout:sources.${source}.type`;

const mapOf = (value: unknown): Keys =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Keys) : {};
