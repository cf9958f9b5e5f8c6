import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import * as pulumi from "@pulumi/pulumi";
import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** Largest bundle of a handler in bytes: beyond it cold starts suffer, and something was pulled in by mistake. */
export const maxBundleBytes = 2 * 1024 * 1024;

/** Code of the handlers by the name of their file in `functions/`, without its ending. */
export type Bundles = Readonly<Record<string, string>>;

const projectFolder = resolve(__dirname, "..");
let bundling: Promise<Bundles> | undefined;

/** The project's handlers, bundled on first use, once a process. */
export function handlerBundles(): Promise<Bundles> {
    bundling ??= bundleHandlers(projectFolder, join(projectFolder, "functions"));
    return bundling;
}

/** What a Lambda function takes as its code: the bundle of one handler as `index.js`. */
export function handlerArchive(handler: string): Promise<pulumi.asset.Archive> {
    return handlerBundles().then((bundles) => {
        const code = bundles[handler];
        if (code === undefined) {
            throw new Error(
                `functions/${handler}.ts is to be deployed and does not exist; add it, or correct the name.`,
            );
        }
        return new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) });
    });
}

/**
 * Bundles every TypeScript file of `folder` on its own, in one pass and in memory, with everything that it imports. The same
 * sources give the same bytes on any machine. Throws an Error that names the handler when a bundle needs a native module,
 * holds Pulumi, or is too large.
 */
export async function bundleHandlers(root: string, folder: string, limitBytes = maxBundleBytes): Promise<Bundles> {
    const files = readdirSync(folder)
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
        .sort();
    if (files.length === 0) {
        return {};
    }
    const { outputFiles, metafile } = await build({
        ...settings,
        absWorkingDir: root,
        entryPoints: files.map((file) => join(folder, file)),
        outbase: folder,
        outdir: join(root, "bundles"),
    });
    const bundles: Record<string, string> = {};
    for (const file of outputFiles) {
        const handler = relative(join(root, "bundles"), file.path).replace(/\.js$/, "");
        const output = metafile.outputs[relative(root, file.path).replaceAll("\\", "/")];
        const problem = output && findProblem(output, limitBytes);
        if (problem !== undefined) {
            throw new Error(`functions/${handler}.ts ${problem}`);
        }
        bundles[handler] = file.text;
    }
    return bundles;
}

const settings = {
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // The ES module builds of the AWS clients leave out what a handler does not call.
    mainFields: ["module", "main"],
    legalComments: "none",
    charset: "utf8",
    write: false,
    metafile: true,
    logLevel: "silent",
    plugins: [refuseNativeModules(), leaveOutLanguages()],
} satisfies BuildOptions;

/** A compiled module fits one platform only, and this machine's is seldom that of the functions. */
function refuseNativeModules(): Plugin {
    return {
        name: "refuse-native-modules",
        setup(pass) {
            pass.onResolve({ filter: /\.node$/ }, ({ path, importer }) => ({
                errors: [
                    {
                        text: `"${path}" is a native module, imported by ${relative(projectFolder, importer)}; functions run on another platform: use a package without native code.`,
                    },
                ],
            }));
        },
    };
}

/** zod words its findings in forty languages, a quarter of a bundle; functions speak English, which it loads beside them. */
function leaveOutLanguages(): Plugin {
    return {
        name: "leave-out-languages",
        setup(pass) {
            pass.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: "export {};" }));
        },
    };
}

type Output = Metafile["outputs"][string];

function findProblem({ bytes, inputs }: Output, limitBytes: number): string | undefined {
    const names = Object.keys(inputs);
    if (names.some((name) => name.includes("node_modules/@pulumi/"))) {
        return "imports Pulumi, which describes the deployment and has no place in a function; import types only.";
    }
    if (bytes > limitBytes) {
        return `is ${bytes} bytes bundled, at most ${limitBytes} are allowed; largest parts: ${largestParts(inputs)}.`;
    }
    return undefined;
}

function largestParts(inputs: Output["inputs"]): string {
    return Object.entries(inputs)
        .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
        .slice(0, 3)
        .map(([name, { bytesInOutput }]) => `${name} (${bytesInOutput})`)
        .join(", ");
}
