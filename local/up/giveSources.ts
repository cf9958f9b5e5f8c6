import type { Config } from "../../config/schema";
import type { EmbeddedCloud } from "../cloud/cloud";
import type { Given } from "./lacking";

/** Gives a stack's sources what they find in AWS otherwise. Secrets stay in memory: they are neither in the state folder nor in any log. */
export function giveSources(
    cloud: Pick<EmbeddedCloud, "secrets" | "mount">,
    sources: Config["sources"],
    { secrets, buckets }: Given,
): void {
    for (const [name, source] of Object.entries(sources)) {
        const value = secrets[name];
        if ("secret" in source && source.secret !== undefined && value !== undefined)
            cloud.secrets.hold(source.secret, value);
    }
    for (const [bucket, folder] of Object.entries(buckets)) cloud.mount(bucket, folder);
}
