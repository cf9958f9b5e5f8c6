-- Views and revenue of the shop, one row for each platform, marketplace and hour.
-- "timestamp" is a reserved word of Redshift, hence the quotes.
select
    e.ts as "timestamp",
    e.views,
    e.revenue,
    p.name as platform,
    m.name as marketplace
from ecommerce e
join platform p on p.id = e.platform
join marketplace m on m.id = e.marketplace
where e.ts >= {{start}} and e.ts < {{end}}
