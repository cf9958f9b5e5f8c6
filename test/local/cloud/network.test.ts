import assert from "node:assert/strict";
import { ownVariables } from "../../../local/cloud/functionEnvironment";
import { type Declared, onCloud } from "../../support/declaredCloud";

const vpcId = "vpc-0123456789abcdef0";
const endpoint = (name: string, args: object): Declared => ({
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    name,
    args: { vpcId, ...args },
});

describe("local/cloud/providers/network", () => {
    it("makes what stands in a VPC, with a name for an interface and none for a gateway", async () => {
        await onCloud(async ({ up }) => {
            const { resources } = await up([
                endpoint("s3", { serviceName: "com.amazonaws.us-east-1.s3", vpcEndpointType: "Gateway" }),
                endpoint("secrets", {
                    serviceName: "com.amazonaws.us-east-1.secretsmanager",
                    vpcEndpointType: "Interface",
                }),
            ]);
            const made = resources.filter(({ type }) => type === "aws:ec2/vpcEndpoint:VpcEndpoint");
            const names = made.map(({ outputs }) => (outputs.dnsEntries as { dnsName: string }[] | undefined)?.[0]);
            assert.equal(names.filter((name) => name === undefined).length, 1);
            assert.match(
                names.find((name) => name !== undefined)!.dnsName,
                /^vpce-[0-9a-f]{17}\.secretsmanager\.us-east-1\.vpce\.amazonaws\.com$/,
            );
        });
    });

    it("keeps a function's calls to AWS in the embedded cloud, whatever endpoint it is given", () => {
        const variables = { LOOKOUT_BUCKET: "b", AWS_ENDPOINT_URL_SECRETS_MANAGER: "https://vpce.test" };
        assert.deepEqual(ownVariables({ inputs: { environment: { variables } } }), { LOOKOUT_BUCKET: "b" });
        assert.deepEqual(ownVariables({ inputs: {} }), {});
    });
});
