const connecting =
    "Lambda connects a function to its VPC by the function's own role, and asks for the right on everything; the function's code is denied it";

/**
 * Actions that a statement of ours may allow on `*`, because AWS offers no finer resource for them, and why. A test refuses
 * every other `*` resource, and every `*` action.
 */
export const wideActions: Readonly<Record<string, string>> = {
    "redshift-data:DescribeStatement":
        "statements have no ARN; the condition redshift-data:statement-owner-iam-userid holds a role to its own",
    "redshift-data:GetStatementResult":
        "statements have no ARN; the condition redshift-data:statement-owner-iam-userid holds a role to its own",
    "redshift-data:CancelStatement":
        "statements have no ARN; the condition redshift-data:statement-owner-iam-userid holds a role to its own",
    "lakeformation:GetDataAccess": "takes no resource; what it gives access to is decided by grants in Lake Formation",
    "ec2:CreateNetworkInterface": connecting,
    "ec2:DescribeNetworkInterfaces": connecting,
    "ec2:DescribeSubnets": connecting,
    "ec2:DeleteNetworkInterface": connecting,
    "ec2:AssignPrivateIpAddresses": connecting,
    "ec2:UnassignPrivateIpAddresses": connecting,
};
