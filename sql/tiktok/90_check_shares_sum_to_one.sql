-- One row per account, day of capture and dimension whose shares do not sum to 1.
-- severity: warn
--
-- Genders have an Other and territories an Others, so nobody is left out; shares are rounded to
-- thousandths. A sum with an unknown share in it is unknown.
with shares as (
    select account, captured_on, dimension, share
    from staging.tiktok__follower_shares
)

select
    shares.account,
    shares.captured_on,
    shares.dimension,
    sum(shares.share)::decimal(9, 6) as share
from shares
group by shares.account, shares.captured_on, shares.dimension
having count(*) = count(shares.share) and abs(sum(shares.share) - 1) > 0.01
order by shares.account, shares.captured_on, shares.dimension
