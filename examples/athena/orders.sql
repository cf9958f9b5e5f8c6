-- Summed up by Athena, so that an hour leaves the lake as a row for each country and channel.
-- The bounds stand twice: on the partition, for what Athena reads and is paid for, and on the time, for which rows count.
select
    date_trunc('hour', o.created_at) as hour,
    s.country,
    o.channel,
    count(*) as orders,
    sum(o.amount) as revenue,
    count_if(o.payment = 'refused') as refused
from orders o
join shops s on s.id = o.shop_id
where o.day between date_format({{start}}, '%Y-%m-%d') and date_format({{end}}, '%Y-%m-%d')
    and o.created_at >= {{start}} and o.created_at < {{end}}
group by 1, 2, 3
