import type { Config } from "../../config/schema";
import type { Problem } from "../../errors";
import { pathsOf, remotePath } from "../../sources/duckdb/config";
import type { SourceConfig, SourceType } from "../../sources/deploy";
import { fixedPrefix } from "../../sources/s3/config";
import { secretVariable, type Secrets } from "./secrets";

/** What the command line gives a stack that comes up on this machine. */
export interface Given {
    readonly secrets: Secrets;
    /** Folders by the names of the buckets whose objects they are. */
    readonly buckets: Readonly<Record<string, string>>;
}

/** Databases that write a window's rows into a bucket of AWS by themselves. */
const exporters: Partial<Record<SourceType, string>> = {
    athena: "Athena runs in AWS and writes its result into a bucket there",
    redshift: "Redshift unloads its rows into a bucket in AWS",
    snowflake: "Snowflake copies its rows into a bucket in AWS",
};

/** What a stack asks for that does not exist on this machine, each with what would be right; none when it can come up here. */
export function lacking({ sources, detection }: Config, given: Given): Problem[] {
    return [
        ...Object.entries(sources).flatMap(([name, source]) => lackingFor(name, source, given)),
        ...(detection.endpoint === ""
            ? []
            : [
                  {
                      key: "lookout:detection.endpoint",
                      finding: "names another detection service, and a stack on this machine brings its own",
                      fix: "leave it empty in the stack file that comes up here",
                  },
              ]),
    ];
}

function lackingFor(name: string, source: SourceConfig, given: Given): Problem[] {
    const key = `lookout:sources.${name}`;
    const how = exporters[source.type];
    if (how !== undefined)
        return [
            {
                key: `${key}.type`,
                finding: `is ${source.type}: ${how}, and this machine has none for it`,
                fix: "deploy this stack (npx pulumi up), bring up its other detectors only (--detector NAME), or try a copy of the rows here with a source of the type duckdb",
            },
        ];
    if (source.type === "postgres" || source.type === "mysql")
        return lackingLogin(key, { name, secret: source.secret }, given);
    const buckets = source.type === "s3" ? tableBuckets(source) : source.type === "duckdb" ? fileBuckets(source) : [];
    const missing = [...new Set(buckets)].filter((bucket) => !Object.hasOwn(given.buckets, bucket));
    return [
        ...missing.map((bucket) => ({
            key,
            finding: `reads the bucket ${bucket}, which is in AWS`,
            fix: `give a folder with its objects: --bucket ${bucket}=FOLDER`,
        })),
        ...(source.type === "s3" && source.roleArn !== undefined
            ? [
                  {
                      key: `${key}.roleArn`,
                      finding: "is a role in AWS, which this machine cannot assume",
                      fix: "leave it out of the stack file that comes up here",
                  },
              ]
            : []),
    ];
}

function lackingLogin(key: string, { name, secret }: { name: string; secret: string | undefined }, given: Given) {
    if (secret === undefined)
        return [
            {
                key: `${key}.user`,
                finding: "signs in by IAM, which takes a role in AWS",
                fix: `name a secret instead (${key}.secret) and give its value as ${secretVariable(name)}`,
            },
        ];
    if (Object.hasOwn(given.secrets, name)) return [];
    return [
        {
            key: `${key}.secret`,
            finding: `"${secret}" lies in Secrets Manager, in AWS; on this machine the source needs it from you`,
            fix:
                `export ${secretVariable(name)}='{"username": "…", "password": "…", "host": "…", "port": …, "dbname": "…"}', ` +
                `or name a file with it by the source's name: --secrets FILE`,
        },
    ];
}

type Of<Type extends SourceType> = Extract<SourceConfig, { type: Type }>;

const tableBuckets = ({ tables }: Of<"s3">): string[] =>
    Object.values(tables)
        .flatMap(({ path, historyPath }) => [path, ...(historyPath === undefined ? [] : [historyPath])])
        .map((path) => fixedPrefix(path).bucket);

const fileBuckets = (source: Of<"duckdb">): string[] =>
    pathsOf(source).flatMap((path) => remotePath(path)?.bucket ?? []);
