import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../config/schema";
import { previewStack } from "../preview/stackPreview";
import { previewedStack } from "./previewed";

/**
 * Says during `pulumi preview`, and only then, what is about to be extracted, told and paid for: of each detector beside its resource,
 * of the stack once. `now` is in milliseconds since 1970.
 */
export function tellPreview(config: Config, resources: Readonly<Record<string, pulumi.Resource>>, now: number): void {
    if (!pulumi.runtime.isDryRun()) return;
    const stack = previewedStack(config);
    const told = previewStack(stack, now);
    stack.detectors.forEach(({ name }, index) => {
        void pulumi.log.info(told.detectors[index]!.text, resources[name]);
    });
    void pulumi.log.info(told.text);
}
