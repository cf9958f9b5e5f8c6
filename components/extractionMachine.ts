import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../sources/metricSource";
import { policyDocument, trustDocument } from "./grants";
import type { LambdaFunction } from "./lambdaFunction";
import type { Callee, Definition } from "./machines/states";
import type { Site } from "./site";
import { type Transform, transformed } from "./transform";

export interface ExtractionMachineArgs<Callees extends string> {
    site: Site;
    /** Physical name: functions and policies name the machine before it exists. */
    physicalName: string;
    /** The functions that the machine calls, by their part in the definition. */
    functions: Readonly<Record<Callees, LambdaFunction>>;
    /** What the machine may do beside calling them. */
    statements: readonly Statement[];
    /** The definition, once the functions' ARNs are known. */
    define: (partition: string, functions: Readonly<Record<Callees, Callee>>) => Definition;
    /** Last word on each child resource. */
    transform?: ExtractionMachineTransform;
}

export interface ExtractionMachineTransform {
    role?: Transform<aws.iam.RoleArgs>;
    policy?: Transform<aws.iam.RolePolicyArgs>;
    machine?: Transform<aws.sfn.StateMachineArgs>;
}

/** A state machine with a role and a policy of its own. */
export class ExtractionMachine<Callees extends string> extends pulumi.ComponentResource {
    /** Exists only while its policy and the functions that it calls do. */
    public readonly machine: aws.sfn.StateMachine;
    public readonly machineArn: pulumi.Output<string>;

    constructor(name: string, args: ExtractionMachineArgs<Callees>, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:ExtractionMachine", name, {}, opts);
        const { site, physicalName, functions, transform } = args;
        const assumeRolePolicy = trustDocument(["states.amazonaws.com"], site.place.accountId);
        const role = new aws.iam.Role(
            ...transformed(transform?.role, `${name}-role`, { assumeRolePolicy }, { parent: this }),
        );
        const called = Object.values<LambdaFunction>(functions);
        const statements = [
            {
                sid: "CallFunctions",
                actions: ["lambda:InvokeFunction"],
                resources: called.map((one) => one.functionArn),
            },
            ...args.statements,
        ];
        const policy = new aws.iam.RolePolicy(
            ...transformed(
                transform?.policy,
                `${name}-policy`,
                { role: role.name, policy: policyDocument(statements) },
                { parent: this },
            ),
        );
        const definition = site.place.apply(({ partition }) =>
            callees(functions).apply((resolved) =>
                JSON.stringify(args.define(partition, resolved as Record<Callees, Callee>)),
            ),
        );
        this.machine = new aws.sfn.StateMachine(
            ...transformed(
                transform?.machine,
                `${name}-machine`,
                { name: physicalName, roleArn: role.arn, definition },
                { parent: this, dependsOn: [policy] },
            ),
        );
        this.machineArn = this.machine.arn;
        this.registerOutputs({ machineArn: this.machineArn });
    }
}

function callees(functions: Readonly<Record<string, LambdaFunction>>): pulumi.Output<Record<string, Callee>> {
    return pulumi.output(
        Object.fromEntries(
            Object.entries(functions).map(([part, { functionArn, timeoutSeconds }]) => [
                part,
                { arn: functionArn, timeoutSeconds },
            ]),
        ),
    );
}
