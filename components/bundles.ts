import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import * as pulumi from "@pulumi/pulumi";
import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";

/** Largest bundle of a handler in bytes: beyond it cold starts suffer, and something was pulled in by mistake. */
export const maxBundleBytes = 2 * 1024 * 1024;

/** Code of the handlers by the name of their file in `functions/`, without its ending. */
export type Bundles = Readonly<Record<string, string>>;

/** Which handler, and what its bundle holds of the sources. */
export interface HandlerParts {
    /** File in `functions/`, without its ending, that exports `handler`. */
    handler: string;
    /**
     * The type of source whose extractor the bundle keeps: drivers of several databases would not fit, and none needs another's.
     * @default none is kept
     */
    sourceType?: string;
    /** Packages that a layer brings, which the bundle leaves out. */
    layerPackages?: readonly string[];
}

const projectFolder = resolve(__dirname, "..");
const bundling = new Map<string, Promise<Bundles>>();

/** The project's handlers, bundled on first use, once a process. Those that read a source keep no extractor; see `handlerArchive`. */
export function handlerBundles(): Promise<Bundles> {
    return once("", () => bundleHandlers(projectFolder, join(projectFolder, "functions")));
}

/** What a Lambda function takes as its code: the bundle of one handler as `index.js`. */
export async function handlerArchive(parts: HandlerParts): Promise<pulumi.asset.Archive> {
    const code = (await bundlesFor(parts))[parts.handler];
    if (code === undefined) {
        throw new Error(
            `functions/${parts.handler}.ts is to be deployed and does not exist; add it, or correct the name.`,
        );
    }
    return new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) });
}

/** Handlers that read no source come from one pass; one that does is made for its source's type, once. */
function bundlesFor({ handler, sourceType, layerPackages = [] }: HandlerParts): Promise<Bundles> {
    if (sourceType === undefined) return handlerBundles();
    return once(JSON.stringify([handler, sourceType, layerPackages]), () =>
        bundleHandlers(projectFolder, join(projectFolder, "functions"), { handler, sourceType, layerPackages }),
    );
}

function once(key: string, make: () => Promise<Bundles>): Promise<Bundles> {
    const made = bundling.get(key) ?? make();
    bundling.set(key, made);
    return made;
}

/** What to bundle, where it is not every handler. */
export interface BundleOptions extends Partial<HandlerParts> {
    /** @default maxBundleBytes */
    limitBytes?: number;
}

/**
 * Bundles every TypeScript file of `folder`, or the one of `handler`, on its own, in one pass and in memory, with everything that it imports. The same
 * sources give the same bytes on any machine. Throws an Error that names the handler when a bundle needs a native module,
 * holds Pulumi, or is too large.
 */
export async function bundleHandlers(
    root: string,
    folder: string,
    { handler: only, sourceType, layerPackages = [], limitBytes = maxBundleBytes }: BundleOptions = {},
): Promise<Bundles> {
    const files = readdirSync(folder)
        .filter((file) =>
            only === undefined ? file.endsWith(".ts") && !file.endsWith(".d.ts") : file === `${only}.ts`,
        )
        .sort();
    if (files.length === 0) {
        return {};
    }
    const { outputFiles, metafile } = await build({
        ...settings,
        plugins: [...settings.plugins, keepExtractorOf(sourceType)],
        external: [...layerPackages],
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

/** `sources/run.ts` requires each source's extractor by `./<type>/extractor`: all but the one that is kept become empty. */
function keepExtractorOf(sourceType: string | undefined): Plugin {
    const namespace = "left-out-extractor";
    return {
        name: "keep-one-extractor",
        setup(pass) {
            pass.onResolve({ filter: /^\.\/[^/]+\/extractor$/ }, ({ path, importer }) => {
                const type = path.split("/")[1];
                const isRegistry = /[\\/]sources[\\/]run\.ts$/.test(importer);
                return isRegistry && type !== sourceType ? { path: String(type), namespace } : undefined;
            });
            pass.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
                contents: `throw new Error(${JSON.stringify(`this function's bundle holds no extractor for ${path}`)});`,
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
