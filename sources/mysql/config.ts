import { z } from "zod";
import { checkServer, serverKeys } from "../server/keys";

/** The keys of `lookout:sources.<name>` for MySQL and MariaDB: on RDS, Aurora, or anywhere else. */
export const mysqlSchema = z
    .strictObject({
        type: z.literal("mysql"),
        ...serverKeys({ secretName: "mysql-lookout", hostName: "shop.abc123.eu-west-1.rds.amazonaws.com" }),
    })
    .superRefine(checkServer);

export type MysqlConfig = z.output<typeof mysqlSchema>;
