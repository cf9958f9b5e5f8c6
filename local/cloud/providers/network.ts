import { createHash } from "node:crypto";
import { text, type Core, type Kind, type Values } from "./kind";

/* What a program makes in a VPC. There is none here: functions reach the embedded cloud whatever stands between. */

/** Endpoints of a VPC, and who may come in. */
export function networkKinds({ partition, region, accountId }: Core): Kind[] {
    const arn = (kind: string, id: string): string => `arn:${partition}:ec2:${region}:${accountId}:${kind}/${id}`;
    return [
        {
            type: "aws:ec2/securityGroup:SecurityGroup",
            name: { property: "name" },
            replacedBy: ["vpcId", "description", "name"],
            id: ({ name }) => idOf("sg", [name]),
            outputs: (_inputs, id) => ({ arn: arn("security-group", id), ownerId: accountId }),
        },
        {
            type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            replacedBy: ["securityGroupId"],
            id: (inputs) => idOf("sgr", [inputs.securityGroupId, inputs.referencedSecurityGroupId, inputs.fromPort]),
            outputs: (_inputs, id) => ({ arn: arn("security-group-rule", id), securityGroupRuleId: id }),
        },
        {
            type: "aws:ec2/vpcEndpoint:VpcEndpoint",
            replacedBy: ["vpcId", "serviceName", "vpcEndpointType"],
            id: (inputs) => idOf("vpce", [inputs.vpcId, inputs.serviceName]),
            outputs: (inputs, id) => ({ arn: arn("vpc-endpoint", id), state: "available", ...dnsOf(inputs, id) }),
        },
    ];
}

/** Only an interface has names: the service's, with the endpoint's id before it. */
function dnsOf(inputs: Values, id: string): Values {
    if (inputs.vpcEndpointType !== "Interface") return {};
    const [service, region] = text(inputs, "serviceName").split(".").reverse();
    return { dnsEntries: [{ dnsName: `${id}.${service}.${region}.vpce.amazonaws.com`, hostedZoneId: "Z0LOCAL" }] };
}

const idOf = (kind: string, parts: readonly unknown[]): string =>
    `${kind}-0${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16)}`;
