import type { StatementRecord } from "./statements";

/** A statement in the form of DescribeStatement and ListStatements. */
export function describeStatement(statement: StatementRecord): object {
    const { id, sql, name, status, created, updated, error, rows, hasResult } = statement;
    return {
        ...describeTarget(statement),
        Id: id,
        QueryString: sql,
        StatementName: name,
        Status: status,
        CreatedAt: created / 1000,
        UpdatedAt: updated / 1000,
        Duration: status === "SUBMITTED" ? -1 : (updated - created) * 1_000_000,
        Error: error,
        HasResultSet: hasResult ?? false,
        ResultRows: rows ?? -1,
        ResultSize: -1,
        RedshiftPid: 1,
        RedshiftQueryId: -1,
    };
}

/** The part of it that says which database a statement is for. */
export function describeTarget({ cluster, workgroup, database, secret, user }: StatementRecord): object {
    return {
        ClusterIdentifier: cluster,
        WorkgroupName: workgroup,
        Database: database,
        ...(secret === undefined ? { DbUser: user } : { SecretArn: secret }),
    };
}
