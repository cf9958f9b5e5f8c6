import { createHash } from "node:crypto";
import { isStoredArchive } from "../assets";
import { deadLettersOf, destinationsOf, eventInvokeConfigType } from "../asyncCalls";
import { lambdaName } from "../events";
import { functionType } from "../lambda";
import { requireRole } from "./iam";
import { invocationKind } from "./invocation";
import { lastPart, optionalText, text, type Core, type Kind, type Values } from "./kind";

export function lambdaKinds(core: Core): Kind[] {
    return [
        functionKind(core),
        layerKind(core),
        functionUrlKind(core),
        permissionKind(core),
        eventInvokeConfigKind(core),
        invocationKind(core),
    ];
}

function functionKind(core: Core): Kind {
    const check = (inputs: Values): void => {
        requireRole(core, text(inputs, "role"));
        if (!isStoredArchive(inputs.code)) {
            throw new Error(
                'the embedded cloud runs functions whose "code" is an archive of the program; give it an AssetArchive',
            );
        }
        const deadLetters = deadLettersOf(inputs);
        if (
            deadLetters !== undefined &&
            !core.wire.allows(text(inputs, "role"), { action: "sqs:SendMessage", resource: deadLetters })
        ) {
            throw new Error(
                `InvalidParameterValueException: The provided execution role does not have permissions to call SendMessage on SQS`,
            );
        }
    };
    return {
        type: functionType,
        name: { property: "name" },
        replacedBy: ["packageType"],
        outputs: (_inputs, id) => functionOutputs(core, id),
        create: ({ inputs }) => check(inputs),
        update: ({ inputs }) => check(inputs),
    };
}

function functionOutputs({ partition, region, accountId }: Core, id: string): Values {
    const arn = `arn:${partition}:lambda:${region}:${accountId}:function:${id}`;
    return {
        arn,
        qualifiedArn: `${arn}:$LATEST`,
        invokeArn: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
        version: "$LATEST",
    };
}

/** Another content is another version: a new one takes the old one's place. */
function layerKind({ partition, region, accountId }: Core): Kind {
    return {
        type: "aws:lambda/layerVersion:LayerVersion",
        replacedBy: ["code", "compatibleArchitectures", "compatibleRuntimes", "description", "layerName"],
        id: (inputs) => {
            const version = createHash("sha256").update(JSON.stringify(inputs.code)).digest().readUInt32BE();
            return `arn:${partition}:lambda:${region}:${accountId}:layer:${text(inputs, "layerName")}:${version}`;
        },
        outputs: (_inputs, id) => ({ arn: id, layerArn: id.slice(0, id.lastIndexOf(":")), version: lastPart(id) }),
    };
}

function functionUrlKind(core: Core): Kind {
    return {
        type: "aws:lambda/functionUrl:FunctionUrl",
        replacedBy: ["functionName", "qualifier"],
        id: (inputs) => lastPart(text(inputs, "functionName")),
        outputs: (inputs, id) => ({
            functionArn: core.functions.find(text(inputs, "functionName")).outputs.arn,
            functionUrl: `${core.endpoint()}/_url/${id}/`,
            urlId: id,
        }),
    };
}

function permissionKind(core: Core): Kind {
    return {
        type: "aws:lambda/permission:Permission",
        replacedBy: ["action", "function", "principal", "sourceArn", "sourceAccount", "statementId", "qualifier"],
        name: { property: "statementId" },
        id: (inputs) => `${lastPart(text(inputs, "function"))}/${text(inputs, "statementId")}`,
        create: ({ inputs }) => void core.functions.find(text(inputs, "function")),
    };
}

function eventInvokeConfigKind(core: Core): Kind {
    const check = (inputs: Values): void => {
        const { inputs: subject } = core.functions.find(text(inputs, "functionName"));
        for (const destination of Object.values(destinationsOf(inputs))) {
            if (destination === undefined) {
                continue;
            }
            if (lambdaName(destination) === undefined) {
                throw new Error(`the embedded cloud tells functions only what became of a call; found ${destination}`);
            }
            if (!core.wire.allows(text(subject, "role"), { action: "lambda:InvokeFunction", resource: destination })) {
                throw new Error(
                    `InvalidParameterValueException: The function's execution role does not have permissions to call InvokeFunction on ${destination}`,
                );
            }
        }
    };
    return {
        type: eventInvokeConfigType,
        replacedBy: ["functionName", "qualifier"],
        id: (inputs) => [text(inputs, "functionName"), optionalText(inputs, "qualifier") ?? "$LATEST"].join(":"),
        create: ({ inputs }) => check(inputs),
        update: ({ inputs }) => check(inputs),
    };
}
