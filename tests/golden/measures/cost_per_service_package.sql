WITH ledger_entry AS (
  SELECT
    ledger_entry.key,
    ledger_entry.booked_on,
    ledger_entry.service_package,
    ledger_entry.amount,
    ledger_entry.municipality,
    ledger_entry.internal
  FROM marts.ledger_entry AS ledger_entry
  WHERE
    (
      NOT ledger_entry.service_package IS NULL AND NOT ledger_entry.internal IS TRUE
    )
    AND NOT ledger_entry.amount IS NULL
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', booked_on) AS DATE) AS month
  FROM ledger_entry
  WHERE
    booked_on >= CAST($first_month AS DATE)
    AND booked_on < CAST($last_month AS DATE) + TO_MONTHS(1)
), dated_2 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated
), periods AS (
  SELECT DISTINCT
    'month' AS grain,
    STRFTIME(month, '%Y-%m') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'quarter' AS grain,
    YEAR(month) || '-Q' || QUARTER(month) AS period,
    CAST(DATE_TRUNC('QUARTER', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('QUARTER', month) + INTERVAL '2' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'year' AS grain,
    CAST(YEAR(month) AS TEXT) AS period,
    CAST(DATE_TRUNC('YEAR', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('YEAR', month) + INTERVAL '11' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(CAST($first_month AS TIMESTAMP), CAST($last_month AS TIMESTAMP), INTERVAL '1' MONTH)
      ) AS DATE) AS month
  ) AS months
), flagged AS (
  SELECT
    month,
    municipality AS municipality,
    service_package AS service_package,
    CAST(amount AS DECIMAL(24, 6)) AS value_0
  FROM dated_2
), cells AS (
  SELECT
    month,
    municipality,
    service_package,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged
  GROUP BY
    month,
    municipality,
    service_package
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    municipality
  UNION ALL
  SELECT
    month,
    'service_package' AS set,
    'service_package=' || COALESCE(service_package, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    service_package
  UNION ALL
  SELECT
    month,
    'municipality;service_package' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') || ';service_package=' || COALESCE(service_package, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    municipality,
    service_package
), monthly AS (
  SELECT
    month,
    set,
    "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_cost_per_service_package AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(rows), 0) AS denominator,
    COALESCE(SUM(rows), 0) AS weighed,
    COALESCE(SUM(rows), 0) AS chosen
  FROM monthly
  JOIN periods
    ON monthly.month BETWEEN periods.first_month AND periods.last_month
    AND periods.grain IN ('quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group"
), population AS (
  SELECT
    population.key,
    population.municipality,
    population.year,
    population.persons
  FROM marts.population AS population
), dated_3 AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', TRY(MAKE_DATE(year, 1, 1))) AS DATE) AS month
  FROM population
  WHERE
    TRY(MAKE_DATE(year, 1, 1)) >= CAST(DATE_TRUNC('year', CAST($first_month AS DATE)) AS DATE)
    AND TRY(MAKE_DATE(year, 1, 1)) < CAST(DATE_TRUNC('year', CAST($last_month AS DATE)) + TO_MONTHS(11) AS DATE) + TO_MONTHS(1)
), dated_4 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated_3
), whole_periods AS (
  SELECT DISTINCT
    'month' AS grain,
    STRFTIME(month, '%Y-%m') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(
          CAST(CAST(DATE_TRUNC('year', CAST($first_month AS DATE)) AS DATE) AS TIMESTAMP),
          CAST(CAST(DATE_TRUNC('year', CAST($last_month AS DATE)) + TO_MONTHS(11) AS DATE) AS TIMESTAMP),
          INTERVAL '1' MONTH
        )
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'quarter' AS grain,
    YEAR(month) || '-Q' || QUARTER(month) AS period,
    CAST(DATE_TRUNC('QUARTER', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('QUARTER', month) + INTERVAL '2' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(
          CAST(CAST(DATE_TRUNC('year', CAST($first_month AS DATE)) AS DATE) AS TIMESTAMP),
          CAST(CAST(DATE_TRUNC('year', CAST($last_month AS DATE)) + TO_MONTHS(11) AS DATE) AS TIMESTAMP),
          INTERVAL '1' MONTH
        )
      ) AS DATE) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'year' AS grain,
    CAST(YEAR(month) AS TEXT) AS period,
    CAST(DATE_TRUNC('YEAR', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('YEAR', month) + INTERVAL '11' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      CAST(UNNEST(
        GENERATE_SERIES(
          CAST(CAST(DATE_TRUNC('year', CAST($first_month AS DATE)) AS DATE) AS TIMESTAMP),
          CAST(CAST(DATE_TRUNC('year', CAST($last_month AS DATE)) + TO_MONTHS(11) AS DATE) AS TIMESTAMP),
          INTERVAL '1' MONTH
        )
      ) AS DATE) AS month
  ) AS months
), flagged_2 AS (
  SELECT
    month,
    municipality AS municipality,
    CAST(persons AS DECIMAL(24, 6)) AS value_0
  FROM dated_4
), cells_2 AS (
  SELECT
    month,
    municipality,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged_2
  GROUP BY
    month,
    municipality
), groups_2 AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month,
    municipality
), monthly_2 AS (
  SELECT
    month,
    set,
    "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM groups_2
  GROUP BY
    month,
    set,
    "group"
), summed_cost_per_service_package_per AS (
  SELECT
    whole_periods.grain,
    whole_periods.period,
    whole_periods.first_month,
    whole_periods.last_month,
    monthly_2.set,
    monthly_2."group",
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(rows), 0) AS denominator,
    COALESCE(SUM(rows), 0) AS weighed,
    COALESCE(SUM(rows), 0) AS chosen
  FROM monthly_2
  JOIN whole_periods
    ON monthly_2.month BETWEEN whole_periods.first_month AND whole_periods.last_month
    AND whole_periods.grain IN ('year')
  GROUP BY
    whole_periods.grain,
    whole_periods.period,
    whole_periods.first_month,
    whole_periods.last_month,
    monthly_2.set,
    monthly_2."group"
)
SELECT
  'cost_per_service_package' AS measure,
  1 AS version,
  summed_cost_per_service_package.period AS period,
  summed_cost_per_service_package."group" AS "group",
  CAST(summed_cost_per_service_package.numerator AS DOUBLE) AS numerator,
  CAST(summed_cost_per_service_package_per.numerator AS DOUBLE) AS denominator,
  CAST(summed_cost_per_service_package.numerator AS DOUBLE) / NULLIF(CAST(summed_cost_per_service_package_per.numerator AS DOUBLE), 0) AS value,
  summed_cost_per_service_package.counted AS n
FROM summed_cost_per_service_package
LEFT JOIN summed_cost_per_service_package_per
  ON summed_cost_per_service_package_per.grain = CASE summed_cost_per_service_package.grain
    WHEN 'quarter'
    THEN 'year'
    WHEN 'year'
    THEN 'year'
  END
  AND summed_cost_per_service_package_per.first_month <= summed_cost_per_service_package.first_month
  AND summed_cost_per_service_package_per.last_month >= summed_cost_per_service_package.last_month
  AND summed_cost_per_service_package_per."group" = CASE summed_cost_per_service_package.set
    WHEN ''
    THEN ''
    WHEN 'municipality'
    THEN SPLIT_PART(summed_cost_per_service_package."group", ';', 1)
    WHEN 'service_package'
    THEN ''
    WHEN 'municipality;service_package'
    THEN SPLIT_PART(summed_cost_per_service_package."group", ';', 1)
  END
