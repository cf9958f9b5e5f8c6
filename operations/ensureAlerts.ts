import { createHash } from "node:crypto";
import { ConfigError } from "../errors";
import type { WantedAlerts } from "../pipeline/detectorAlerts";
import { type AlertService, type AlertState, isSameShape, shapeOf } from "./alertService";

/** The alerts that a detector shall have, and whose they are. */
export interface AlertsOf {
    readonly detectorArn: string;
    /** Name of the detector at the service, and its logical name. */
    readonly detectorName: string;
    readonly detector: string;
    readonly owner: string;
    readonly alerts: WantedAlerts;
}

/**
 * Makes a detector's alerts those of the configuration: creates what is missing, changes what differs, deletes what is wanted no more.
 * Alerts that others made are left alone. Throws ConfigError when one of them has a name that is needed.
 */
export async function ensureAlerts(service: AlertService, wanted: AlertsOf): Promise<void> {
    const { detectorArn, detectorName, owner } = wanted;
    const present = await service.of(detectorArn);
    const names = new Set<string>();
    for (const [logical, alert] of Object.entries(wanted.alerts)) {
        const name = alertName(detectorName, logical);
        const shape = shapeOf(alert);
        const found = present.find((other) => other.name === name);
        names.add(name);
        if (found === undefined) await service.create(detectorArn, { name, owner, shape });
        else if (found.owner !== owner) throw takenName(wanted, logical, found);
        else if (!isSameShape(found.shape, shape)) await service.update(found.arn, shape);
    }
    for (const { arn, name, owner: whose } of present)
        if (whose === owner && !names.has(name)) await service.delete(arn);
}

/** Longest name of an alert. */
const nameLimit = 63;

/** Name of an alert at the service, where those of all detectors must differ. A long one is cut and ends in a hash of the whole. */
export function alertName(detectorName: string, logical: string): string {
    const name = `${detectorName}-${logical}`;
    if (name.length <= nameLimit) return name;
    const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
    return `${name.slice(0, nameLimit - hash.length - 1)}-${hash}`;
}

function takenName({ detector, owner }: AlertsOf, logical: string, found: AlertState): ConfigError {
    const whose = found.owner === undefined ? "was not made by a stack of this project" : `belongs to ${found.owner}`;
    return new ConfigError(
        [
            {
                key: `lookout:detectors.${detector}.alerts.${logical}`,
                finding:
                    `the alert "${found.name}" ${whose}; expected one that belongs to ${owner}, or a name that is free. ` +
                    "It was left as it is",
                fix: `rename it in the stack's configuration file, or delete the other alert`,
            },
        ],
        { detector },
    );
}
