import { type Assumptions, usualAssumptions } from "./assumptions";
import { type PricedStack, stackCost } from "./cost";
import { type DetectorPreview, inDollars, type PreviewedDetector, previewDetector } from "./detectorPreview";
import { priceBasis } from "./prices";

/** What a stack has beside its detectors. */
export interface PreviewedStack extends PricedStack {
    readonly detectors: readonly PreviewedDetector[];
}

/** What a preview tells of a stack. */
export interface StackPreview {
    /** One for each detector, in their order. */
    readonly detectors: readonly DetectorPreview[];
    /** The stack as a whole, for people. */
    readonly text: string;
    /** Dollars a month. */
    readonly total: number;
}

/** What a stack would do, and cost a month, if it were created at `now`, milliseconds since 1970. */
export function previewStack(
    { detectors, ...stack }: PreviewedStack,
    now: number,
    assumed: Assumptions = usualAssumptions,
): StackPreview {
    const each = detectors.map((detector) => previewDetector(detector, now, assumed));
    const own = stackCost(stack);
    const sum = each.reduce((dollars, { cost }) => dollars + cost.total, 0);
    const total = sum + own.total;
    const text =
        `The stack costs about ${inDollars(total)} a month: detectors ${inDollars(sum)}, ticks ${inDollars(own.ticks)}, ` +
        `monitoring ${inDollars(own.monitoring)}${own.network === 0 ? "" : `, endpoints ${inDollars(own.network)}`} ` +
        `(${priceBasis}; the database's own bill apart)`;
    return { detectors: each, text, total };
}
