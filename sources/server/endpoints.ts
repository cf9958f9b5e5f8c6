import { z } from "zod";

/*
 * Ways out of a network that has none: which endpoints the program makes in the VPC of a database, so that the function there reaches S3 and
 * Secrets Manager without a NAT gateway.
 */

const idOf = (what: string, kind: string, example: string) =>
    z.string().regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), {
        error: `is not the id of ${what}; expected such as ${example}`,
    });

/** The key `endpoints` of a source whose function runs in a VPC. Sources that name the same VPC share what is made in it. */
export const endpoints = z
    .strictObject({
        /** The VPC that the subnets belong to. */
        vpcId: idOf("a VPC", "vpc", "vpc-0123456789abcdef0"),
        /** Route tables of the subnets, which get a gateway endpoint to S3, free of charge. Default: none, where they lead to S3 already. */
        routeTableIds: z
            .array(idOf("a route table", "rtb", "rtb-0123456789abcdef0"))
            .min(1, { error: "is empty; expected route tables, or no such key where they lead to S3 already" })
            .optional(),
        /** Whether to make an interface endpoint to Secrets Manager in the subnets, which AWS charges for. Default: where there is a secret. */
        secretsManager: z.boolean().optional(),
    })
    .optional();

/** The key, validated. */
export type Endpoints = NonNullable<z.output<typeof endpoints>>;

/** What is wrong with keys that are each valid, but do not go together; `path` is the key's, below the source's. */
export function endpointConflicts(config: {
    readonly endpoints?: Endpoints | undefined;
    readonly secret?: string | undefined;
    readonly subnetIds?: readonly string[] | undefined;
}): { readonly path: readonly string[]; readonly message: string }[] {
    const { endpoints: wanted, secret, subnetIds } = config;
    if (wanted === undefined) return [];
    const conflicts: { path: readonly string[]; message: string }[] = [];
    if (subnetIds === undefined) {
        const message = "is given without subnetIds; expected it beside the subnets that the function runs in";
        conflicts.push({ path: ["endpoints"], message });
    }
    if (wanted.secretsManager === true && secret === undefined) {
        const message = "is true without a secret to read; expected it beside secret, or not at all";
        conflicts.push({ path: ["endpoints", "secretsManager"], message });
    }
    if (wanted.routeTableIds === undefined && !(wanted.secretsManager ?? secret !== undefined)) {
        const message =
            "asks for nothing; expected routeTableIds for a way to S3, a secret for one to Secrets Manager, or both";
        conflicts.push({ path: ["endpoints"], message });
    }
    return conflicts;
}
