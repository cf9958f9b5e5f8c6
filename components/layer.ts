import { existsSync } from "node:fs";
import { resolve } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { withoutStack } from "../config/load";
import { ConfigError } from "../errors";
import { type Transform, transformed } from "./transform";

const projectFolder = resolve(__dirname, "..");

export interface LayerArgs {
    /** Physical name, under which each content is a version. */
    layerName: string;
    /** Folder or zip, from the project's folder, that holds what goes under /opt: `nodejs/node_modules` for packages. */
    path: string;
    /** Logical name of the source that has the path under its key `layer`. */
    source: string;
    transform?: Transform<aws.lambda.LayerVersionArgs> | undefined;
}

/** A layer for functions of ours, made of what lies on this machine; another content is another version. */
export function createLayer(
    name: string,
    { layerName, path, source, transform }: LayerArgs,
    opts: pulumi.CustomResourceOptions,
): aws.lambda.LayerVersion {
    const found = resolve(projectFolder, path);
    if (!existsSync(found)) throw missing(path, source);
    const args: aws.lambda.LayerVersionArgs = {
        layerName,
        description: `What the source ${source} needs and cannot be bundled`,
        code: new pulumi.asset.FileArchive(found),
        compatibleArchitectures: ["arm64"],
        compatibleRuntimes: ["nodejs22.x"],
    };
    return new aws.lambda.LayerVersion(...transformed(transform, name, args, opts));
}

/** A mistake of the user's, which Pulumi shows as a message alone. */
function missing(path: string, source: string): ConfigError {
    const error = new ConfigError([
        {
            key: `lookout:sources.${source}.layer`,
            finding: `${JSON.stringify(path)} is neither a folder nor a zip in the project's folder; expected one that holds nodejs/node_modules`,
            fix: "make it as the source's page shows, or give the ARN of a layer that exists",
        },
    ]);
    return withoutStack(error);
}
