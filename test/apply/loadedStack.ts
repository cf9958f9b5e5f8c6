import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/*
 * The program beside a network like a database's, for the stack with everything on: the ids of VPC, subnets, route table and security group
 * that Pulumi.loaded.yaml names stand for what is made here, so that an emulated AWS, which is empty, has them.
 */

const vpc = new aws.ec2.Vpc("network", { cidrBlock: "10.0.0.0/16" });
const subnet = (name: string, cidrBlock: string, availabilityZone: string) =>
    new aws.ec2.Subnet(name, { vpcId: vpc.id, cidrBlock, availabilityZone });
const routes = new aws.ec2.RouteTable("routes", { vpcId: vpc.id });
const extractors = new aws.ec2.SecurityGroup("extractors", { vpcId: vpc.id, description: "Extractors" });

const made: Readonly<Record<string, pulumi.Output<string>>> = {
    "vpc-0123456789abcdef0": vpc.id,
    "subnet-0123456789abcdef0": subnet("first", "10.0.0.0/24", "us-east-1a").id,
    "subnet-0fedcba9876543210": subnet("second", "10.0.1.0/24", "us-east-1b").id,
    "rtb-0123456789abcdef0": routes.id,
    "sg-0123456789abcdef0": extractors.id,
};

pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    /^aws:(ec2|vpc|lambda)\//.test(type) ? { props: withMade(props) as typeof props, opts } : undefined,
);

/** Plain values alone: what others made, such as code and outputs, stays as it is. */
function withMade(value: unknown): unknown {
    if (typeof value === "string") return made[value] ?? value;
    if (Array.isArray(value)) return value.map(withMade);
    if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withMade(inner)]));
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- imports come first, and the program is to come last
module.exports = require("../../index") as object;
