import assert from "node:assert/strict";
import { taggedTypes } from "../../components/tags";
import { wideActions } from "../../components/wideActions";
import { deployHalves } from "../../sources/deploy";
import { type RecordedProgram, type RecordedResource, recordProgram } from "../support/recordedProgram";
import { loadedStack } from "../support/stackFiles";

/*
 * What a careful platform team would ask of every resource, asked of two stacks: the smallest that the example gives, and one with
 * everything on. Each rule lists what breaks it, by name.
 */

const stacks: Readonly<Record<string, () => Record<string, unknown>>> = {
    "the example's stack": () => ({}),
    "a stack with everything on": loadedStack,
};

/** Types that take no tags, or that the bucket or function which they belong to carries tags for. */
const untaggedTypes: ReadonlySet<string> = new Set([
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:lambda/invocation:Invocation",
    "aws:lambda/layerVersion:LayerVersion",
    "aws:lambda/permission:Permission",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:scheduler/schedule:Schedule",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicSubscription:TopicSubscription",
]);

const arn = /^arn:aws:[a-z-]+:/;

/** Names of the resources of a type that break a rule. */
function breaking(program: RecordedProgram, type: string, isKept: (inputs: Inputs) => boolean): string[] {
    const found = program.all(type);
    assert.ok(found.length > 0, `there is no ${type}`);
    return found.filter(({ inputs }) => !isKept(inputs)).map(({ name }) => name);
}
type Inputs = Readonly<Record<string, unknown>>;

/** A value within what Pulumi sends; undefined where there is no such place. */
function at(value: unknown, ...steps: readonly (string | number)[]): unknown {
    return steps.reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], value);
}
const textAt = (value: unknown, ...steps: readonly (string | number)[]): string => {
    const found = at(value, ...steps);
    return typeof found === "string" ? found : "";
};

/** The satellites of each bucket, of a type: one for each. */
function ofEachBucket(program: RecordedProgram, type: string): Inputs[] {
    const buckets = program.all("aws:s3/bucket:Bucket");
    assert.ok(buckets.length > 0);
    return buckets.map(({ name }) => {
        const own = program.all(type).filter(({ inputs }) => String(inputs.bucket).startsWith(name));
        assert.equal(own.length, 1, `${name} has ${own.length} ${type}`);
        return own[0]!.inputs;
    });
}

const policyOf = (text: unknown) => JSON.parse(String(text)) as { Statement: Record<string, unknown>[] };

/** Every document that says who may do what, by the resource's name. */
const documents = ({ resources }: RecordedProgram): { type: string; name: string; text: string }[] =>
    resources.flatMap(({ type, name, inputs }) =>
        ["policy", "assumeRolePolicy"].flatMap((key) =>
            typeof inputs[key] === "string" ? [{ type, name, text: inputs[key] }] : [],
        ),
    );

for (const [title, configOf] of Object.entries(stacks)) {
    describe(`the policy of the platform, for ${title}`, () => {
        let program: RecordedProgram;
        before(async () => {
            program = await recordProgram(configOf());
        });

        it("has every bucket encrypted, and its key used for everything that lies in it", () => {
            for (const bucket of ofEachBucket(program, encryptionType)) {
                const kind = at(bucket, "rules", 0, "applyServerSideEncryptionByDefault");
                const algorithm = textAt(kind, "sseAlgorithm");
                assert.ok(["AES256", "aws:kms"].includes(algorithm));
                if (algorithm !== "aws:kms") continue;
                assert.match(textAt(kind, "kmsMasterKeyId"), arn);
                assert.equal(at(bucket, "rules", 0, "bucketKeyEnabled"), true);
            }
        });

        it("has every bucket closed to the public, owned by the account alone, and reached over TLS only", () => {
            for (const block of ofEachBucket(program, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")) {
                const { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets } = block;
                const all = [blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets];
                assert.deepEqual(all, [true, true, true, true]);
            }
            for (const controls of ofEachBucket(program, "aws:s3/bucketOwnershipControls:BucketOwnershipControls"))
                assert.equal(at(controls, "rule", "objectOwnership"), "BucketOwnerEnforced");
            for (const { policy } of ofEachBucket(program, "aws:s3/bucketPolicy:BucketPolicy")) requireTls(policy);
        });

        it("has every topic reached over TLS only, and open to no other account", () => {
            const policies = program.all("aws:sns/topicPolicy:TopicPolicy");
            assert.equal(policies.length, program.all("aws:sns/topic:Topic").length);
            for (const { inputs } of policies) requireTls(inputs.policy);
        });

        it("has every queue reached over TLS only, encrypted, and its messages kept as long as can be", () => {
            const policies = program.all("aws:sqs/queuePolicy:QueuePolicy");
            const queues = program
                .all("aws:sqs/queue:Queue")
                .map(({ name }) => `https://sqs.test/123456789012/${name}-1234567`);
            assert.deepEqual(policies.map(({ inputs }) => String(inputs.queueUrl)).sort(), queues.sort());
            for (const { inputs } of policies) requireTls(inputs.policy);
            const isKept = ({ sqsManagedSseEnabled, messageRetentionSeconds }: Inputs): boolean =>
                sqsManagedSseEnabled === true && messageRetentionSeconds === 14 * 86_400;
            assert.deepEqual(breaking(program, "aws:sqs/queue:Queue", isKept), []);
        });

        it("lets nobody in that is not named: no principal is a wildcard unless it is refused", () => {
            const open = documents(program).flatMap(({ type, name, text }) =>
                // An endpoint's policy lets nobody in: it holds those on the way to what is in it. See the next test.
                type === endpointType
                    ? []
                    : policyOf(text)
                          .Statement.filter(({ Effect, Principal }) => Effect === "Allow" && isAnyone(Principal))
                          .map(() => name),
            );
            assert.deepEqual(open, []);
        });

        it("holds every function in a VPC to what it is there for, on its way out and into the endpoint", () => {
            for (const { name, inputs } of program.all(endpointType)) {
                const isHeld = (effect: string): boolean =>
                    policyOf(inputs.policy).Statement.some(
                        ({ Effect, Condition }) =>
                            Effect === effect &&
                            arn.test([at(Condition, "ArnEquals", "aws:PrincipalArn")].flat().join()),
                    );
                // Others go through a gateway too, as they always did; nobody else's name for a service is taken.
                assert.ok(isHeld(inputs.vpcEndpointType === "Gateway" ? "Deny" : "Allow"), name);
                assert.notEqual(inputs.privateDnsEnabled, true, name);
            }
            for (const { name, inputs } of program.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"))
                assert.match(textAt(inputs, "referencedSecurityGroupId"), /^sg-/, name);
            for (const { name, inputs } of program.all("aws:ec2/securityGroup:SecurityGroup"))
                assert.deepEqual([inputs.ingress, inputs.egress], [undefined, undefined], name);
        });

        it("allows no action by a wildcard, and an action on everything only where a reason is listed", () => {
            const statements = program.statements();
            const wild = statements.filter(({ Action }) => Action.some((action) => action.includes("*")));
            assert.deepEqual(wild, []);
            const wide = statements.filter(({ Resource }) => Resource.includes("*"));
            const unlisted = wide.flatMap(({ policy, Action }) =>
                Action.filter((action) => wideActions[action] === undefined).map((action) => `${policy}: ${action}`),
            );
            assert.deepEqual(unlisted, []);
        });

        it("passes no role but its own, and to nobody unnamed", () => {
            const passed = program.statements().filter(({ Action }) => Action.includes("iam:PassRole"));
            for (const { policy, Resource } of passed)
                assert.ok(
                    Resource.every((role) => /^arn:aws:iam::123456789012:role\/[^*]+$/.test(role)),
                    policy,
                );
        });

        it("has every function time, memory, a log that ends, and a role of its own", () => {
            const isKept = ({ timeout, memorySize, loggingConfig }: Inputs): boolean =>
                isBetween(timeout, 1, 900) &&
                isBetween(memorySize, 128, 10_240) &&
                at(loggingConfig, "logGroup") !== undefined;
            assert.deepEqual(breaking(program, functionType, isKept), []);
            const functions = program.all(functionType);
            for (const of of [({ inputs }: RecordedResource) => inputs.role, logOf])
                assert.equal(new Set(functions.map(of)).size, functions.length);
            const keepsLogs = ({ retentionInDays }: Inputs): boolean => isBetween(retentionInDays, 1, 3653);
            assert.deepEqual(breaking(program, "aws:cloudwatch/logGroup:LogGroup", keepsLogs), []);
        });

        it("loses no event: every function that nobody waits for, every schedule and rule has a queue for what fails", () => {
            const letsIn = ({ deadLetterConfig }: Inputs): boolean =>
                program
                    .all("aws:sqs/queuePolicy:QueuePolicy")
                    .flatMap(({ inputs }) => policyOf(inputs.policy).Statement)
                    .some(
                        ({ Principal, Resource }) =>
                            at(Principal, "Service") === "events.amazonaws.com" &&
                            Resource === at(deadLetterConfig, "arn"),
                    );
            assert.deepEqual(breaking(program, "aws:cloudwatch/eventTarget:EventTarget", letsIn), []);
            const hasQueue = ({ target }: Inputs): boolean =>
                arn.test(textAt(target, "deadLetterConfig", "arn")) &&
                isBetween(at(target, "retryPolicy", "maximumRetryAttempts"), 1, 185);
            assert.deepEqual(breaking(program, "aws:scheduler/schedule:Schedule", hasQueue), []);
            const reported = program
                .all("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
                .map(({ inputs }) => inputs.functionName);
            assert.ok(reported.length >= 3);
            const called = program
                .all(functionType)
                .filter(({ inputs, name }) => reported.includes(physical(inputs, name)));
            assert.equal(called.length, reported.length);
            const without = called.filter(({ inputs }) => !arn.test(textAt(inputs, "deadLetterConfig", "targetArn")));
            assert.deepEqual(without, []);
        });

        it("has every state machine end: a time limit on the whole and on every task", () => {
            for (const { name, inputs } of program.all("aws:sfn/stateMachine:StateMachine")) {
                const definition = JSON.parse(inputs.definition as string) as Inputs;
                assert.ok(isBetween(definition.TimeoutSeconds, 1, 31_536_000), name);
                for (const [task, { TimeoutSeconds }] of tasksOf(definition))
                    assert.ok(isBetween(TimeoutSeconds, 1, 86_400), `${name}: ${task}`);
            }
        });

        it("marks whatever takes tags with project and stack", () => {
            const known = (type: string): boolean => taggedTypes.has(type) || untaggedTypes.has(type);
            const resources = program.resources.filter(({ custom }) => custom);
            assert.deepEqual(
                resources.map(({ type }) => type).filter((type) => !known(type)),
                [],
            );
            const unmarked = resources.filter(({ type, inputs }) => {
                const tags = (inputs.tags ?? {}) as Record<string, string>;
                return (
                    taggedTypes.has(type) && !(tags["lookout:project"] === "lookout" && tags["lookout:stack"] === "dev")
                );
            });
            assert.deepEqual(
                unmarked.map(({ name }) => name),
                [],
            );
        });

        it("has every function URL ask for a signature", () => {
            const isKept = ({ authorizationType }: Inputs): boolean => authorizationType === "AWS_IAM";
            assert.deepEqual(breaking(program, "aws:lambda/functionUrl:FunctionUrl", isKept), []);
        });

        it("keeps secrets out of everything that it registers", () => {
            // What a resource is given as JSON lies in here as text within text.
            const text = JSON.stringify(program.resources.map(({ inputs }) => inputs)).replaceAll("\\", "");
            assert.doesNotMatch(text, /password"?\s*:\s*"[^"]/i);
        });

        it("stays within what AWS takes: policies of a role, environment of a function, rules of a bucket", () => {
            const sizes = new Map<unknown, number>();
            for (const { inputs } of program.all("aws:iam/rolePolicy:RolePolicy"))
                sizes.set(inputs.role, (sizes.get(inputs.role) ?? 0) + String(inputs.policy).replace(/\s/g, "").length);
            assert.ok(Math.max(...sizes.values()) <= 10_240);
            const isKept = ({ environment }: Inputs): boolean =>
                JSON.stringify(at(environment, "variables") ?? {}).length <= 4096;
            assert.deepEqual(breaking(program, functionType, isKept), []);
        });
    });
}

describe("a stack with everything on", () => {
    let program: RecordedProgram;
    before(async () => {
        program = await recordProgram(loadedStack());
    });

    it("has a source of every type that is built", () => {
        const sources = loadedStack()["lookout:sources"] as Inputs;
        const types = new Set(Object.values(sources).map((source) => textAt(source, "type")));
        const built = Object.values(deployHalves).filter((half) => !("unbuilt" in half && half.unbuilt !== undefined));
        assert.deepEqual(
            built.map(({ type }) => type).filter((type) => !types.has(type)),
            [],
        );
    });

    it("uses the key of its own for every object, and lets those use it who read and write them", () => {
        const key = textAt(loadedStack(), "lookout:storage", "kmsKeyArn");
        const [bucket] = ofEachBucket(program, encryptionType);
        assert.equal(at(bucket, "rules", 0, "applyServerSideEncryptionByDefault", "kmsMasterKeyId"), key);
        const policies = (action: string, resource: RegExp): string[] =>
            program
                .statements()
                .filter(({ Action, Resource }) => Action.includes(action) && Resource.some((one) => resource.test(one)))
                .map(({ policy }) => policy);
        const withKey = (action: string): Set<string> => new Set(policies(action, /^arn:aws:kms:/));
        const objects = /^arn:aws:s3:::metrics-bucket/;
        const [decrypt, encrypt] = [withKey("kms:Decrypt"), withKey("kms:GenerateDataKey")];
        assert.deepEqual(
            policies("s3:GetObject", objects).filter((policy) => !decrypt.has(policy)),
            [],
        );
        assert.deepEqual(
            policies("s3:PutObject", objects).filter((policy) => !encrypt.has(policy)),
            [],
        );
    });

    it("keeps old versions for 30 days, and has S3 write who reads and writes", () => {
        const [versions] = ofEachBucket(program, "aws:s3/bucketVersioning:BucketVersioning");
        assert.equal(at(versions, "versioningConfiguration", "status"), "Enabled");
        const [lifecycle] = ofEachBucket(program, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
        const days = (at(lifecycle, "rules") as Inputs[]).flatMap(
            (rule) => at(rule, "noncurrentVersionExpiration", "noncurrentDays") ?? [],
        );
        assert.deepEqual(days, [30]);
        const [logs] = ofEachBucket(program, "aws:s3/bucketLogging:BucketLogging");
        assert.deepEqual([logs!.targetBucket, logs!.targetPrefix], ["my-access-logs", "lookout/"]);
    });

    it("carries the tags of the configuration, and keeps logs as long as it says", () => {
        const [{ inputs }] = program.all("aws:s3/bucket:Bucket") as [RecordedResource];
        assert.deepEqual(inputs.tags, {
            team: "data-platform",
            "cost-center": "4711",
            "lookout:project": "lookout",
            "lookout:stack": "dev",
        });
        const days = new Set(program.all("aws:cloudwatch/logGroup:LogGroup").map((log) => log.inputs.retentionInDays));
        assert.deepEqual([...days], [90]);
    });
});

describe("components/wideActions", () => {
    it("lists no action that nobody is allowed on everything", async () => {
        const program = await recordProgram(loadedStack());
        const used = new Set(
            program.statements().flatMap(({ Action, Resource }) => (Resource.includes("*") ? Action : [])),
        );
        assert.deepEqual(
            Object.keys(wideActions).filter((action) => !used.has(action)),
            [],
        );
    });
});

const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint";
const functionType = "aws:lambda/function:Function";
const encryptionType = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";

const logOf = ({ inputs }: RecordedResource): unknown => at(inputs, "loggingConfig", "logGroup");
const physical = (inputs: Inputs, name: string): string => textAt(inputs, "name") || `${name}-1234567`;
const isBetween = (value: unknown, least: number, most: number): boolean =>
    typeof value === "number" && value >= least && value <= most;
const isAnyone = (principal: unknown): boolean =>
    principal === "*" ||
    (typeof principal === "object" &&
        Object.values(principal as object)
            .flat()
            .includes("*"));

function requireTls(policy: unknown): void {
    const refuses = policyOf(policy).Statement.some(
        ({ Effect, Principal, Condition }) =>
            Effect === "Deny" && Principal === "*" && at(Condition, "Bool", "aws:SecureTransport") === "false",
    );
    assert.ok(refuses, String(policy));
}

/** The tasks of a definition by name, those inside its maps too. */
function tasksOf(definition: unknown): [string, Inputs][] {
    return Object.entries(at(definition, "States") as Record<string, Inputs>).flatMap(([name, state]) => [
        ...(state.Type === "Task" ? [[name, state] satisfies [string, Inputs]] : []),
        ...(state.ItemProcessor === undefined ? [] : tasksOf(state.ItemProcessor)),
    ]);
}
