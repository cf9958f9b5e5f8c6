import assert from "node:assert/strict";
import { type RecordedProgram, recordProgram } from "../support/recordedProgram";

const endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint";
const groupType = "aws:ec2/securityGroup:SecurityGroup";
const ruleType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const functionType = "aws:lambda/function:Function";

const vpcId = "vpc-0123456789abcdef0";
const otherVpcId = "vpc-0dddddddddddddddd";
const roleOf = (source: string): string => `arn:aws:iam::123456789012:role/lookout-dev-extract-${source}`;

type Keys = Readonly<Record<string, unknown>>;
interface EndpointStatement {
    readonly Effect: string;
    readonly Principal: string;
    readonly Action: string;
    readonly Resource?: string | string[];
    readonly NotResource?: string[];
    readonly Condition?: { readonly ArnEquals: { readonly "aws:PrincipalArn": string | string[] } };
}

const server = (more: Keys): Keys => ({
    type: "postgres",
    secret: "lookout-orders",
    subnetIds: ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"],
    securityGroupIds: ["sg-0123456789abcdef0"],
    ...more,
});
const detector = {
    source: "orders",
    interval: "PT1H",
    query: "select created_at as ts, amount from orders",
    timestamp: { column: "ts" },
    measures: [{ name: "amount", aggregation: "SUM" }],
};
const names = (program: RecordedProgram): string[] => [...program.names(endpointType), ...program.names(ruleType)];

/** Two sources in one VPC, one that signs in by IAM in another, and one that asks for nothing. */
const stack = (): Promise<RecordedProgram> =>
    recordProgram({
        "lookout:sources": {
            orders: server({ endpoints: { vpcId, routeTableIds: ["rtb-0123456789abcdef0"] } }),
            carts: server({
                secret: "lookout-carts",
                subnetIds: ["subnet-0aaaaaaaaaaaaaaaa"],
                securityGroupIds: ["sg-0bbbbbbbbbbbbbbbb"],
                endpoints: { vpcId, routeTableIds: ["rtb-0123456789abcdef0", "rtb-0cccccccccccccccc"] },
            }),
            byIam: server({
                ...{ secret: undefined, user: "lookout", host: "orders.example.com", database: "shop" },
                endpoints: { vpcId: otherVpcId, routeTableIds: ["rtb-0eeeeeeeeeeeeeeee"] },
            }),
            reachable: server({}),
        },
        "lookout:detectors": { orders: detector },
    });

describe("components/networkEndpoints", () => {
    let program: RecordedProgram;
    before(async () => {
        program = await stack();
    });
    const endpoint = (service: string): Keys => program.one(endpointType, `extraction-${vpcId}-${service}`).inputs;
    const statementsOf = (service: string): EndpointStatement[] =>
        (JSON.parse(endpoint(service).policy as string) as { Statement: EndpointStatement[] }).Statement;

    it("makes one to S3 and one to Secrets Manager in a VPC, however many sources ask for them there", () => {
        const own = names(program).filter((name) => name.includes(vpcId));
        assert.deepEqual(own, [
            `extraction-${vpcId}-s3`,
            `extraction-${vpcId}-secrets`,
            `extraction-${vpcId}-secrets-sg-0123456789abcdef0`,
            `extraction-${vpcId}-secrets-sg-0bbbbbbbbbbbbbbbb`,
        ]);
        assert.deepEqual(endpoint("s3").routeTableIds, ["rtb-0123456789abcdef0", "rtb-0cccccccccccccccc"]);
        const { serviceName, vpcEndpointType, vpcId: vpc } = endpoint("s3");
        assert.deepEqual([serviceName, vpcEndpointType, vpc], ["com.amazonaws.us-east-1.s3", "Gateway", vpcId]);
    });

    it("puts it into the subnets of the first: a second in the same zone would be refused", () => {
        const { subnetIds, serviceName, vpcEndpointType } = endpoint("secrets");
        assert.deepEqual(subnetIds, ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]);
        assert.deepEqual([serviceName, vpcEndpointType], ["com.amazonaws.us-east-1.secretsmanager", "Interface"]);
    });

    it("leaves the service's own name in the VPC alone, and tells the functions another one", () => {
        assert.equal(endpoint("secrets").privateDnsEnabled, false);
        for (const source of ["orders", "carts"]) {
            const { environment } = program.one(functionType, `extraction-${source}-extractor-function`).inputs;
            const { variables } = environment as { variables: Keys };
            const url = `https://extraction-${vpcId}-secrets-1234567.vpce.test`;
            assert.equal(variables.AWS_ENDPOINT_URL_SECRETS_MANAGER, url, source);
        }
        const { environment } = program.one(functionType, "extraction-reachable-extractor-function").inputs;
        assert.ok(!("AWS_ENDPOINT_URL_SECRETS_MANAGER" in (environment as { variables: Keys }).variables));
    });

    it("lets in the extractors' groups over TLS, and nothing out", () => {
        for (const { inputs } of program.all(ruleType)) {
            const { ipProtocol, fromPort, toPort, securityGroupId, cidrIpv4, cidrIpv6 } = inputs;
            assert.deepEqual(
                [ipProtocol, fromPort, toPort, cidrIpv4, cidrIpv6],
                ["tcp", 443, 443, undefined, undefined],
            );
            assert.equal(securityGroupId, `extraction-${vpcId}-secrets-1234567`);
        }
        const { ingress, egress } = program.one(groupType, `extraction-${vpcId}-secrets`).inputs;
        assert.deepEqual([ingress, egress], [undefined, undefined]);
    });

    it("gives each extractor its own secret, and nobody anything else", () => {
        const secretOf = (name: string): string[] => [
            `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-??????`,
        ];
        assert.deepEqual(
            statementsOf("secrets").map(({ Effect, Action, Resource, Condition }) => [
                Effect,
                Action,
                Resource,
                Condition?.ArnEquals["aws:PrincipalArn"],
            ]),
            [
                ["Allow", "secretsmanager:GetSecretValue", secretOf("lookout-orders"), roleOf("orders")],
                ["Allow", "secretsmanager:GetSecretValue", secretOf("lookout-carts"), roleOf("carts")],
            ],
        );
    });

    it("holds the extractors to the stack's bucket, and leaves everybody else's way to S3 as wide as it was", () => {
        const bucket = `arn:aws:s3:::${String(program.outputs.bucket)}`;
        const [others, extractors] = statementsOf("s3");
        assert.deepEqual([others?.Effect, others?.Resource, others?.Condition], ["Allow", "*", undefined]);
        assert.deepEqual([extractors?.Effect, extractors?.NotResource], ["Deny", [bucket, `${bucket}/*`]]);
        const held = extractors?.Condition?.ArnEquals["aws:PrincipalArn"];
        assert.deepEqual(held, [roleOf("orders"), roleOf("carts")]);
    });

    it("makes a way to S3 alone where the function signs in by IAM, which asks no service, and none unasked", () => {
        const others = names(program).filter((name) => !name.includes(vpcId));
        assert.deepEqual(others, [`extraction-${otherVpcId}-s3`]);
    });

    it("keeps them for as long as a detector extracts through them", () => {
        const needed = program.dependenciesOf(program.one("aws:lambda/invocation:Invocation", "orders-lifecycle"));
        const own = names(program).filter((name) => name.includes(vpcId));
        assert.deepEqual(
            own.filter((name) => !needed.has(name)),
            [],
        );
    });
});
