import { advance } from "./advance";
import type { OwnCall } from "./call";
import { countMetrics } from "./countMetrics";
import { explain } from "./explain";
import { getGroup } from "./getGroup";
import { getIncident, listIncidents } from "./incidents";
import { listGroups } from "./listGroups";
import { listProgress } from "./listProgress";
import { getOptions, putOptions } from "./options";
import { previewFeedback } from "./previewFeedback";
import { why } from "./why";

/** Below it lies what the old API does not have. */
export const ownPrefix = "/lookout/v1";

/** Every call beside the old API, by its name: `POST /lookout/v1/<name>`. */
export const ownCalls = {
    explain,
    why,
    listGroups,
    getGroup,
    listIncidents,
    getIncident,
    listProgress,
    countMetrics,
    getOptions,
    putOptions,
    previewFeedback,
    advance,
};

/** The same, where it does not matter which is which. */
export const everyOwnCall: readonly (readonly [name: string, call: OwnCall])[] = Object.entries(ownCalls);
