-- What statistics need and DuckDB lacks. They take and give doubles.

-- How many standard errors wide a 95 % interval is on each side, by degrees of freedom: Student's t
-- by the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5); off by under 0.001 from 4 on.
-- NULL below 4.
create macro t_95(df) as
    case
        when df >= 4
            then 1.959964 + 2.372271 / df + 2.822498 / df ** 2 + 2.555850 / df ** 3
                + 1.589536 / df ** 4
    end;

-- The same for 80 %.
create macro t_80(df) as
    case
        when df >= 4
            then 1.281552 + 0.846585 / df + 0.570891 / df ** 2 + 0.258517 / df ** 3
                + 0.054396 / df ** 4
    end;

-- Probability of a standard normal value at least as far from 0: Abramowitz and Stegun 26.2.17, off
-- by under 0.0000002.
create macro two_sided_p(z) as
    2 * 0.3989422804 * exp(-(z ** 2) / 2)
    * (
        0.319381530 / (1 + 0.2316419 * abs(z))
        - 0.356563782 / (1 + 0.2316419 * abs(z)) ** 2
        + 1.781477937 / (1 + 0.2316419 * abs(z)) ** 3
        - 1.821255978 / (1 + 0.2316419 * abs(z)) ** 4
        + 1.330274429 / (1 + 0.2316419 * abs(z)) ** 5
    );

-- Months as numbers that follow each other, and back.
create macro month_index(month) as left(month, 4)::bigint * 12 + right(month, 2)::bigint - 1;

create macro month_of_index(index) as
    printf('%04d-%02d', (index // 12)::bigint, (index % 12 + 1)::bigint);
