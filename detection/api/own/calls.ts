import { advance } from "./advance";
import type { OwnCall } from "./call";
import { explain } from "./explain";
import { getGroup } from "./getGroup";
import { getIncident, listIncidents } from "./incidents";
import { listGroups } from "./listGroups";
import { listProgress } from "./listProgress";
import { getOptions, putOptions } from "./options";
import { why } from "./why";

/** Below it lies what the old API does not have. */
export const ownPrefix = "/lookout/v1";

/** Every call beside the old API, by its name: `POST /lookout/v1/<name>`. */
export const ownCalls: Readonly<Record<string, OwnCall>> = {
    explain,
    why,
    listGroups,
    getGroup,
    listIncidents,
    getIncident,
    listProgress,
    getOptions,
    putOptions,
    advance,
};
