import { createHash } from "node:crypto";
import { join } from "node:path";
import { Journal } from "./journal";
import { jsonBody, jsonResponse, targetOperation } from "./jsonProtocol";
import { CloudError, type CloudRequest, type CloudResponse, type CloudService, type Need, type World } from "./service";

interface Secret {
    readonly name: string;
    readonly arn: string;
    readonly value: string;
    readonly versionId: string;
    /** Milliseconds since 1970. */
    readonly created: number;
}

const operations = ["GetSecretValue", "CreateSecret", "PutSecretValue", "DescribeSecret", "DeleteSecret"];

/** Secrets Manager: one version of each secret, kept in `<folder>/secrets.jsonl` in clear text, or held in memory alone. */
export class SecretsService implements CloudService {
    readonly names = ["secretsmanager"];
    private readonly secrets: Journal<Secret>;
    private readonly held = new Map<string, Secret>();

    constructor(private readonly world: World) {
        this.secrets = new Journal<Secret>(join(world.folder, "secrets.jsonl"));
    }

    operation(raw: Omit<CloudRequest, "operation">): string {
        return targetOperation(raw, operations);
    }

    needs(request: CloudRequest): readonly Need[] {
        const { SecretId, Name }: Input = jsonBody(request);
        const id = SecretId ?? Name ?? "";
        return [{ action: `secretsmanager:${request.operation}`, resource: this.find(id)?.arn ?? this.arnOf(id) }];
    }

    async handle(request: CloudRequest): Promise<CloudResponse> {
        const { SecretId = "", Name = "", SecretString = "" }: Input = jsonBody(request);
        switch (request.operation) {
            case "CreateSecret":
                if (this.secrets.get(Name) !== undefined) {
                    throw new CloudError(
                        "ResourceExistsException",
                        `The operation failed because the secret ${Name} already exists.`,
                    );
                }
                return jsonResponse(describe(this.put(Name, SecretString)));
            case "PutSecretValue":
                return jsonResponse(describe(this.put(this.require(SecretId).name, SecretString)));
            case "DeleteSecret":
                return jsonResponse(describe(this.delete(this.require(SecretId).name)));
            case "DescribeSecret":
                return jsonResponse(describe(this.require(SecretId)));
            default: {
                const secret = this.require(SecretId);
                return jsonResponse({ ...describe(secret), SecretString: secret.value, VersionStages: ["AWSCURRENT"] });
            }
        }
    }

    /** The value of a secret by name or ARN, undefined when there is none. */
    read(id: string): string | undefined {
        return this.find(id)?.value;
    }

    /** ARN of a secret by name or ARN, whether it exists or not. */
    arn(id: string): string {
        return this.find(id)?.arn ?? this.arnOf(id);
    }

    /** Keeps a secret in memory alone, in front of a stored one of that name or ARN. */
    hold(id: string, value: string): void {
        const name = id.startsWith("arn:") ? id.split(":secret:")[1]! : id;
        this.held.set(id, { ...this.secretOf(name, value), arn: this.arnOf(id) });
    }

    put(name: string, value: string): Secret {
        const secret = this.secretOf(name, value);
        this.secrets.set(name, secret);
        return secret;
    }

    private secretOf(name: string, value: string): Secret {
        const versionId = createHash("sha256").update(`${name}\0${value}`).digest("hex").slice(0, 32);
        return {
            name,
            arn: this.secrets.get(name)?.arn ?? this.arnOf(name),
            value,
            versionId,
            created: this.world.clock.now(),
        };
    }

    /** Deletes a secret at once; throws ResourceNotFoundException when there is none. */
    delete(id: string): Secret {
        const secret = this.require(id);
        this.secrets.delete(secret.name);
        return secret;
    }

    private require(id: string): Secret {
        const secret = this.find(id);
        if (secret === undefined) {
            throw new CloudError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        }
        return secret;
    }

    /** By name, whole ARN, or ARN without the six characters that the service adds. */
    private find(id: string): Secret | undefined {
        const all = [...this.held.values(), ...this.secrets.values()];
        return (
            this.held.get(id) ?? this.secrets.get(id) ?? all.find(({ arn }) => arn === id || arn.slice(0, -7) === id)
        );
    }

    private arnOf(id: string): string {
        if (id.startsWith("arn:")) {
            return id;
        }
        const { partition, region, accountId } = this.world;
        const suffix = createHash("sha256").update(id).digest("base64url").replace(/[-_]/g, "x").slice(0, 6);
        return `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${id}-${suffix}`;
    }
}

interface Input {
    readonly SecretId?: string;
    readonly Name?: string;
    readonly SecretString?: string;
}

function describe({ name, arn, versionId, created }: Secret): object {
    return { ARN: arn, Name: name, VersionId: versionId, CreatedDate: created / 1000 };
}
