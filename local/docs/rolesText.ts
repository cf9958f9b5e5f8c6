import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readYamlFile } from "../cloud/yamlFile";
import { evaluateProgram, type RecordedProgram, statementsOf } from "../program/recordedProgram";

/** Where the generated part of docs/security.md begins and ends. */
const begin = "<!-- What each role may do: written by `npm run docs` from the program. -->";
const end = "<!-- End of what is written by `npm run docs`. -->";

const projectFolder = path.join(__dirname, "..", "..");
const page = path.join(projectFolder, "docs", "security.md");

/** docs/security.md with what each role may do as the program says it now. */
export async function securityText(): Promise<string> {
    const text = readFileSync(page, "utf8");
    const [before, rest] = text.split(begin);
    const [, after] = (rest ?? "").split(end);
    if (before === undefined || after === undefined) throw new Error(`${page} has lost its marks ${begin} and ${end}`);
    return `${before}${begin}\n\n${rolesText(await documentedProgram())}\n${end}${after}`;
}

/** The example's stack with a source of every type that an example has, named for its type. */
async function documentedProgram(): Promise<RecordedProgram> {
    const sources: Record<string, unknown> = {};
    for (const source of exampleSources()) sources[source.type] ??= source;
    const { warehouse } = sourcesOf(path.join(projectFolder, "Pulumi.dev.yaml"));
    return evaluateProgram({ "lookout:sources": { warehouse, ...sources } });
}

function exampleSources(): { readonly type: string }[] {
    const folder = path.join(projectFolder, "examples");
    return readdirSync(folder)
        .sort()
        .flatMap((name) => Object.values(sourcesOf(path.join(folder, name, `Pulumi.${name}.yaml`))));
}

function sourcesOf(file: string): Readonly<Record<string, { readonly type: string }>> {
    const content = readYamlFile(file) as { config?: Record<string, unknown> } | undefined;
    return (content?.config?.["lookout:sources"] ?? {}) as Record<string, { type: string }>;
}

/** A table for each role: what it may do, on what. */
function rolesText(program: RecordedProgram): string {
    const roles = program.all("aws:iam/role:Role");
    const policies = program.all("aws:iam/rolePolicy:RolePolicy");
    return roles
        .map(({ name, inputs }) => {
            const physical = typeof inputs.name === "string" ? inputs.name : `${name}-1234567`;
            const statements = policies
                .filter((policy) => policy.inputs.role === physical)
                .flatMap((policy) => statementsOf(policy.inputs.policy));
            const rows = statements.map(({ Effect, Action, Resource, Condition }) => {
                const allowed = `${Effect === "Deny" ? "**never** " : ""}${Action.map(code).join(" ")}`;
                return `| ${allowed} | ${Resource.map((one) => code(general(one))).join(" ")}${conditionText(Condition)} |`;
            });
            return [
                `#### ${name}`,
                "",
                `Assumed by ${assumedBy(inputs.assumeRolePolicy)}.`,
                "",
                "| may | on |",
                "| --- | --- |",
                ...rows,
                "",
            ].join("\n");
        })
        .sort()
        .join("\n");
}

const code = (text: string): string => `\`${text}\``;

/** An ARN without what differs from account to account. */
const general = (arn: string): string =>
    arn
        .replace("arn:aws:s3:::metrics-bucket-1234567", "<bucket>")
        .replace(/:us-east-1:123456789012:/, ":<region>:<account>:")
        .replace(/:iam::123456789012:/, ":iam::<account>:")
        .replace(/-1234567\b/, "");

const conditionText = (condition: unknown): string =>
    condition === undefined ? "" : `, where ${code(general(JSON.stringify(condition)))}`;

function assumedBy(policy: unknown): string {
    const { Statement } = JSON.parse(String(policy)) as {
        Statement: { Principal: { Service: string | string[] }; Condition?: unknown }[];
    };
    return Statement.map(({ Principal, Condition }) => {
        const services = [Principal.Service].flat().map(code).join(", ");
        return Condition === undefined ? services : `${services}, for this account alone`;
    }).join("; ");
}
