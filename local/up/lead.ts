import type { EmbeddedCloud } from "../cloud/cloud";
import type { UpContext } from "./upContext";

/** How far the clock may run ahead of where it is to come to, while state machines wait for their next look. */
export const leadMs = 2 * 60_000;

/**
 * Up to where the clock may run so that what waits goes on: `leadMs` after where it is to come to, or after where it stands when work that
 * waits for longer has taken it there already. Never further beyond the present than the least offset of the detectors, so that no tick
 * takes a window whose time is not over. All in milliseconds since 1970.
 */
export function leadLimit(
    { cloud, configs }: { readonly cloud: Pick<EmbeddedCloud, "clock">; readonly configs: UpContext["configs"] },
    { until, present }: { readonly until: () => number; readonly present: () => number },
): number {
    const now = cloud.clock.now();
    const offsets = Object.values(configs).map(({ offsetSeconds }) => offsetSeconds * 1000);
    const furthest = present() + Math.min(leadMs, ...offsets);
    return Math.max(now, Math.min(Math.max(until(), now) + leadMs, furthest));
}
