/** A type of the last argument of a date function. */
interface Moment {
    readonly type: string;
    /** What `dateadd` calculates with, and its result's type. */
    readonly summand: string;
    readonly sum: string;
    /** The moment as a clock shows it in UTC. */
    readonly utc: string;
}

/** Text is what a literal without a type becomes. Each type has functions of its own, lest PostgreSQL choose another for it. */
const moments: readonly Moment[] = [
    ...["timestamp", "date", "text"].map((type) => ({
        type,
        summand: "moment::timestamp",
        sum: "timestamp",
        utc: "moment::timestamp",
    })),
    { type: "timestamptz", summand: "moment", sum: "timestamptz", utc: "moment at time zone 'UTC'" },
];

const dateFunctions = ({ type, summand, sum, utc }: Moment): string => `
create function redshift.dateadd(part text, amount numeric, moment ${type}) returns ${sum} language sql immutable as $$
    select ${summand} + trunc(amount)::int * case part when 'quarter' then interval '3 months' else ('1 ' || part)::interval end $$;
create function redshift.convert_timezone(source text, target text, moment ${type}) returns timestamp language sql immutable as
    $$ select ((${utc}) at time zone source) at time zone target $$;
create function redshift.convert_timezone(target text, moment ${type}) returns timestamp language sql immutable as
    $$ select ((${utc}) at time zone 'UTC') at time zone target $$;`;

/**
 * What Redshift has and PostgreSQL has not, in a schema of its own. `getdate` gives the simulated clock's time, which the session keeps
 * in the setting `lookout.now`.
 */
export const dialectFunctions = `
create schema redshift;
create function redshift.getdate() returns timestamp language sql stable as
    $$ select date_trunc('second', current_setting('lookout.now')::timestamp) $$;
${moments.map(dateFunctions).join("\n")}
create function redshift.datediff(part text, first timestamp, last timestamp) returns bigint language sql immutable as $$
    select case part
        when 'year' then (extract(year from last) - extract(year from first))::bigint
        when 'quarter' then ((extract(year from last) - extract(year from first)) * 4 + extract(quarter from last) - extract(quarter from first))::bigint
        when 'month' then ((extract(year from last) - extract(year from first)) * 12 + extract(month from last) - extract(month from first))::bigint
        when 'week' then ((date_trunc('week', last)::date - date_trunc('week', first)::date) / 7)::bigint
        when 'day' then (last::date - first::date)::bigint
        else trunc(extract(epoch from date_trunc(part, last) - date_trunc(part, first)) / extract(epoch from ('1 ' || part)::interval))::bigint
    end $$;
create function redshift.trunc(moment timestamp) returns date language sql immutable as $$ select moment::date $$;
create function redshift.len(value text) returns integer language sql immutable as $$ select length(value) $$;
create function redshift.add_months(moment timestamp, months integer) returns timestamp language sql immutable as
    $$ select moment + months * interval '1 month' $$;
create function redshift.last_day(moment timestamp) returns date language sql immutable as
    $$ select (date_trunc('month', moment) + interval '1 month' - interval '1 day')::date $$;
`;

/** How a Redshift session behaves: UTC, backslashes escape in literals, its own functions after everybody else's. */
export const sessionSettings = `
set timezone = 'UTC';
set datestyle = 'ISO, MDY';
set standard_conforming_strings = off;
set escape_string_warning = off;
set backslash_quote = on;
set search_path = "$user", public, redshift;
`;
