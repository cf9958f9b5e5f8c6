import { CloudError, type CloudRequest, type CloudResponse, type Need, type World } from "./service";

/** Below this path lie the function URLs: `/_url/<function>/…`. */
export const functionUrlPrefix = "/_url/";

const textTypes = /^(text\/|application\/(json|xml|javascript|x-www-form-urlencoded))/;

/** Calls the function behind a URL with Lambda's payload format 2.0 and turns its result into a response. */
export async function answerFunctionUrl(
    request: CloudRequest,
    world: World,
    authorize: (request: CloudRequest, needs: readonly Need[]) => void,
): Promise<CloudResponse> {
    const [, name = "", path = "/"] = /^\/_url\/([^/]+)(\/.*)?$/s.exec(request.path) ?? [];
    const url = world.resources
        .ofType("aws:lambda/functionUrl:FunctionUrl")
        .find(({ inputs }) => name === functionName(String(inputs.functionName)));
    if (url === undefined) {
        throw new CloudError("ResourceNotFoundException", `There is no function URL of ${name}.`, 404);
    }
    if (url.inputs.authorizationType === "AWS_IAM") {
        requireSignature(request);
        authorize(request, neededFor(name, world));
    }
    const event = payload({ ...request, path }, world);
    const { payload: text, functionError } = await world.functions.invoke(name, JSON.stringify(event));
    if (functionError !== undefined) {
        return {
            status: 502,
            headers: { "content-type": "application/json" },
            body: '{"Message":"Internal Server Error"}',
        };
    }
    return readResult(text);
}

/** Since October 2025 both are needed to call a URL. */
function neededFor(name: string, { partition, region, accountId }: World): Need[] {
    const resource = `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
    return [
        { action: "lambda:InvokeFunctionUrl", resource, context: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
        { action: "lambda:InvokeFunction", resource, context: { "lambda:InvokedViaFunctionUrl": "true" } },
    ];
}

function requireSignature({ headers, query }: CloudRequest): void {
    if (headers.authorization === undefined && !query.has("X-Amz-Credential")) {
        throw new CloudError("AccessDeniedException", "Forbidden. The function URL takes signed requests only.", 403);
    }
}

function payload(request: CloudRequest, world: World): object {
    const now = world.clock.now();
    const rawPath = decodeURI(request.path);
    const isText = textTypes.test(request.headers["content-type"] ?? "text/plain");
    const parameters = [...request.query.keys()].map((key) => [key, request.query.getAll(key).join(",")]);
    return {
        version: "2.0",
        routeKey: "$default",
        rawPath,
        rawQueryString: request.query.toString(),
        headers: request.headers,
        queryStringParameters:
            parameters.length > 0 ? (Object.fromEntries(parameters) as Record<string, string>) : undefined,
        requestContext: {
            accountId: world.accountId,
            apiId: "local",
            domainName: request.headers.host,
            domainPrefix: "local",
            http: {
                method: request.method,
                path: rawPath,
                protocol: "HTTP/1.1",
                sourceIp: "127.0.0.1",
                userAgent: request.headers["user-agent"] ?? "",
            },
            requestId: String(now),
            routeKey: "$default",
            stage: "$default",
            time: new Date(now).toISOString(),
            timeEpoch: now,
            ...(request.principal === undefined ? {} : { authorizer: { iam: { userArn: request.principal } } }),
        },
        body: request.body.length === 0 ? undefined : request.body.toString(isText ? "utf8" : "base64"),
        isBase64Encoded: !isText && request.body.length > 0,
    };
}

function readResult(text: string): CloudResponse {
    const result = JSON.parse(text) as unknown;
    if (typeof result !== "object" || result === null || !("statusCode" in result)) {
        return {
            status: 200,
            headers: { "content-type": "application/json" },
            body: typeof result === "string" ? result : text,
        };
    }
    const {
        statusCode,
        headers = {},
        body = "",
        isBase64Encoded,
    } = result as {
        statusCode: number;
        headers?: Record<string, string>;
        body?: string;
        isBase64Encoded?: boolean;
    };
    const lowerCase = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [key.toLowerCase(), String(value)]),
    );
    delete lowerCase["content-length"];
    return {
        status: statusCode,
        headers: lowerCase,
        body: isBase64Encoded === true ? Buffer.from(body, "base64") : body,
    };
}

/** A function's name, from its name or ARN. */
function functionName(nameOrArn: string): string {
    return nameOrArn.startsWith("arn:") ? nameOrArn.split(":")[6]! : nameOrArn;
}
