import type * as pulumi from "@pulumi/pulumi";

/** Last word on a resource: arguments laid over ours, or a function that gives the arguments and options to use. */
export type Transform<Args> =
    | Partial<Args>
    | ((args: Args, opts: pulumi.CustomResourceOptions, name: string) => [Args, pulumi.CustomResourceOptions]);

/**
 * A resource's constructor arguments after the transform has had its say. A partial replaces whole properties, it does not
 * merge into nested ones; `args` and `opts` are not changed.
 */
export function transformed<Args extends object>(
    transform: Transform<Args> | undefined,
    name: string,
    args: Args,
    opts: pulumi.CustomResourceOptions,
): [string, Args, pulumi.CustomResourceOptions] {
    if (typeof transform === "function") {
        return [name, ...transform({ ...args }, { ...opts }, name)];
    }
    return [name, { ...args, ...transform }, opts];
}
