WITH shift AS (
  SELECT
    shift.key,
    shift.starts_at,
    shift.hours,
    shift.direct_care,
    unit.kind AS unit__kind,
    unit.unit_code AS unit__unit_code
  FROM marts.shift AS shift
  LEFT JOIN marts.unit AS unit
    ON unit.key = shift.unit
  WHERE
    shift.direct_care IS TRUE AND unit.kind = 'care_home'
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', starts_at) AS DATE) AS month
  FROM shift
  WHERE
    starts_at >= CAST($first_month AS DATE)
    AND starts_at < CAST($last_month AS DATE) + TO_MONTHS(1)
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
    CAST(unit__unit_code AS TEXT) AS unit,
    CAST(hours AS DECIMAL(24, 6)) AS value_0
  FROM dated_2
), cells AS (
  SELECT
    month,
    unit,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged
  GROUP BY
    month,
    unit
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
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    unit
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
), summed_staffing_ratio AS (
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
    AND periods.grain IN ('month', 'quarter', 'year')
  GROUP BY
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group"
), bed_day AS (
  SELECT
    bed_day.key,
    bed_day.day,
    bed_day.occupied,
    unit.kind AS unit__kind,
    unit.unit_code AS unit__unit_code
  FROM marts.bed_day AS bed_day
  LEFT JOIN marts.unit AS unit
    ON unit.key = bed_day.unit
  WHERE
    unit.kind = 'care_home'
), dated_3 AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', day) AS DATE) AS month
  FROM bed_day
  WHERE
    day >= CAST(DATE_TRUNC('year', CAST($first_month AS DATE)) AS DATE)
    AND day < CAST(DATE_TRUNC('year', CAST($last_month AS DATE)) + TO_MONTHS(11) AS DATE) + TO_MONTHS(1)
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
    CAST(unit__unit_code AS TEXT) AS unit,
    CAST(occupied * 38.25 AS DECIMAL(24, 6)) AS value_0
  FROM dated_4
), cells_2 AS (
  SELECT
    month,
    unit,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged_2
  GROUP BY
    month,
    unit
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
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells_2
  GROUP BY
    month,
    unit
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
), summed_staffing_ratio_per AS (
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
    AND whole_periods.grain IN ('month', 'quarter', 'year')
  GROUP BY
    whole_periods.grain,
    whole_periods.period,
    whole_periods.first_month,
    whole_periods.last_month,
    monthly_2.set,
    monthly_2."group"
)
SELECT
  'staffing_ratio' AS measure,
  1 AS version,
  summed_staffing_ratio.period AS period,
  summed_staffing_ratio."group" AS "group",
  CAST(summed_staffing_ratio.numerator AS DOUBLE) AS numerator,
  CAST(summed_staffing_ratio_per.numerator AS DOUBLE) AS denominator,
  CAST(summed_staffing_ratio.numerator AS DOUBLE) / NULLIF(CAST(summed_staffing_ratio_per.numerator AS DOUBLE), 0) * 7 AS value,
  summed_staffing_ratio.counted AS n
FROM summed_staffing_ratio
LEFT JOIN summed_staffing_ratio_per
  ON summed_staffing_ratio_per.grain = CASE summed_staffing_ratio.grain
    WHEN 'month'
    THEN 'month'
    WHEN 'quarter'
    THEN 'quarter'
    WHEN 'year'
    THEN 'year'
  END
  AND summed_staffing_ratio_per.first_month <= summed_staffing_ratio.first_month
  AND summed_staffing_ratio_per.last_month >= summed_staffing_ratio.last_month
  AND summed_staffing_ratio_per."group" = summed_staffing_ratio."group"
