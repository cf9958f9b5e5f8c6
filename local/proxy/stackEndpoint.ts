import { UsageError } from "../serve/options";
import { stackOutputs, type RunCommand } from "./stackOutputs";

export type { RunCommand } from "./stackOutputs";

/** The endpoint that a stack exports, asked of Pulumi in the project's folder. Throws UsageError with what to do. */
export async function stackEndpoint(stack: string, projectFolder: string, run?: RunCommand): Promise<string> {
    const { endpoint } = await stackOutputs(stack, projectFolder, run, ", or give the URL with --endpoint");
    if (typeof endpoint !== "string" || !URL.canParse(endpoint))
        throw new UsageError(
            `--stack ${stack}: the stack has no output "endpoint"; deploy it first (npx pulumi up --stack ${stack}), or give the URL with --endpoint`,
        );
    return endpoint;
}
