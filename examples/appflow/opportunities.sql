-- A record lies in S3 once for each time that it changed: its newest version counts, on the hour it was created.
-- The folders of a window, and those of two days on, into which its records fall when they change.
select created_at, region, lead_source, 1 as opportunities, amount
from (
    select
        from_iso8601_timestamp(o.createddate) as created_at,
        coalesce(o.region__c, '(none)') as region,
        coalesce(o.leadsource, '(none)') as lead_source,
        cast(o.amount as decimal(18, 2)) as amount,
        row_number() over (partition by o.id order by o.lastmodifieddate desc) as version
    from opportunity o
    where o.day between date_format({{start}}, '%Y/%m/%d') and date_format({{end}} + interval '2' day, '%Y/%m/%d')
) newest
where version = 1 and created_at >= {{start}} and created_at < {{end}}
