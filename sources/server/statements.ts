import { secretStatements } from "../access";
import type { FunctionNeeds, FunctionNetwork, Place, Statement } from "../metricSource";
import type { ServerKeys } from "./keys";

/** Seconds that a window may take from the function's start to its end: the longest that Lambda lets a function run. */
const timeoutSeconds = 900;

/** Memory that gives a function a whole processor, in MB: rows are converted as fast as they come. */
const memoryMegabytes = 1769;

/** What a function needs to sign in: to read the secret, or to make a token for the database user. */
export function signInStatements(config: ServerKeys, place: Place): readonly Statement[] {
    const { secret, user, resourceId } = config;
    if (secret !== undefined) return secretStatements(config, place);
    const { partition, region, accountId } = place;
    const resources = [`arn:${partition}:rds-db:${region}:${accountId}:dbuser:${resourceId ?? "*"}/${user}`];
    return [{ sid: "SignIn", actions: ["rds-db:connect"], resources }];
}

/** A function that streams a window's rows, in the database's network where that is given. */
export function streamingNeeds(config: ServerKeys): FunctionNeeds {
    const { subnetIds, securityGroupIds } = config;
    return {
        timeoutSeconds,
        memoryMegabytes,
        ...(subnetIds && securityGroupIds && { network: { subnetIds, securityGroupIds, ...endpointsOf(config) } }),
    };
}

/** Signing in by IAM asks no service: the function signs by itself. */
function endpointsOf({ endpoints, secret }: ServerKeys): Pick<FunctionNetwork, "endpoints"> {
    if (endpoints === undefined) return {};
    const { vpcId, routeTableIds = [], secretsManager = secret !== undefined } = endpoints;
    return { endpoints: { vpcId, routeTableIds, secretsManager } };
}
