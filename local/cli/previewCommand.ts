import { previewedStack } from "../../components/previewed";
import { ConfigError, NotFoundError } from "../../errors";
import { usualAssumptions } from "../../preview/assumptions";
import { previewStack, type StackPreview } from "../../preview/stackPreview";
import { readStackConfig } from "../stackConfig";
import { projectFolder } from "./folders";
import { filterWarnings } from "./warnings";

/** Options of `lookout preview`, as the command line gives them. */
export interface PreviewFlags {
    readonly stack: string;
    readonly detector?: string;
    /** Rows in one interval. */
    readonly rows?: number;
    readonly json?: boolean;
}

/** Prints what a stack would extract, tell and cost; resolves to the exit code. Asks neither Pulumi nor a database. */
export async function run({ stack, detector, rows, json }: PreviewFlags): Promise<number> {
    filterWarnings(process);
    try {
        const { config } = readStackConfig(stack, [process.cwd(), projectFolder]);
        const previewed = previewedStack(config);
        const detectors = previewed.detectors.filter(({ name }) => detector === undefined || name === detector);
        if (detectors.length === 0 && detector !== undefined) throw unknownDetector(detector, stack, config.detectors);
        const assumed = { ...usualAssumptions, ...(rows === undefined ? {} : { rowsPerInterval: rows }) };
        const told = previewStack({ ...previewed, detectors }, Date.now(), assumed);
        process.stdout.write(json === true ? jsonOf(detectors, told) : textOf(told, detector === undefined));
        return 0;
    } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        process.stderr.write(`The configuration of the stack ${stack} is not valid:\n${error.message}\n`);
        return 1;
    }
}

const textOf = ({ detectors, text }: StackPreview, isWhole: boolean): string =>
    [...detectors.map((one) => one.text), ...(isWhole ? [text] : [])].map((part) => `${part}\n`).join("\n");

function jsonOf(detectors: readonly { readonly name: string }[], told: StackPreview): string {
    const each = told.detectors.map(({ cost }, index) => ({ detector: detectors[index]!.name, monthlyDollars: cost }));
    return `${JSON.stringify({ monthlyDollars: told.total, detectors: each }, undefined, 2)}\n`;
}

function unknownDetector(name: string, stack: string, known: object): NotFoundError {
    const names = Object.keys(known).join(", ");
    return new NotFoundError(`--detector ${name}: the stack ${stack} has no such detector; it has ${names || "none"}`);
}
