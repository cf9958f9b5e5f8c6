import { missingMariadb } from "../../support/mariadbServer";
import { type MysqlBench, openMysqlBench } from "../../support/mysqlBench";
import { describeFailures } from "./server/failures";
import { describeLooking } from "./server/looking";
import { describePageUser } from "./server/pageUser";
import { describeSession } from "./server/session";
import { describeTimestamps } from "./server/timestamps";
import { describeValues } from "./server/values";

const reason = missingMariadb();

/** One server for all of them: each file of `server/` is a subject. */
(reason === undefined ? describe : describe.skip)(
    `sources/mysql on a MariaDB server${reason ? ` (${reason})` : ""}`,
    () => {
        let bench: MysqlBench;
        before(async () => {
            bench = await openMysqlBench();
        });
        after(() => bench.close());

        const subjects = [
            describeValues,
            describeTimestamps,
            describeSession,
            describeFailures,
            describeLooking,
            describePageUser,
        ];
        for (const describeSubject of subjects) describeSubject(() => bench);
    },
);
