WITH bed_day AS (
  SELECT
    bed_day.key,
    bed_day.day,
    bed_day.staffed,
    bed_day.occupied,
    unit.unit_code AS unit__unit_code
  FROM marts.bed_day AS bed_day
  LEFT JOIN marts.unit AS unit
    ON unit.key = bed_day.unit
  WHERE
    NOT bed_day.staffed IS NULL AND NOT bed_day.occupied IS NULL
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', day) AS DATE) AS month
  FROM bed_day
  WHERE
    day >= CAST($first_month AS DATE)
    AND day < CAST($last_month AS DATE) + TO_MONTHS(1)
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
    CAST(occupied AS DECIMAL(24, 6)) AS value_0,
    CAST(staffed AS DECIMAL(24, 6)) AS value_1
  FROM dated_2
), cells AS (
  SELECT
    month,
    unit,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0,
    SUM(value_1) AS sum_1,
    COUNT(value_1) AS count_1
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
    SUM(count_0) AS count_0,
    SUM(sum_1) AS sum_1,
    SUM(count_1) AS count_1
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
    SUM(count_0) AS count_0,
    SUM(sum_1) AS sum_1,
    SUM(count_1) AS count_1
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
    SUM(count_0) AS count_0,
    SUM(sum_1) AS sum_1,
    SUM(count_1) AS count_1
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_bed_occupancy AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(sum_1), 0) AS denominator,
    COALESCE(SUM(count_1), 0) AS weighed,
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
)
SELECT
  'bed_occupancy' AS measure,
  1 AS version,
  summed_bed_occupancy.period AS period,
  summed_bed_occupancy."group" AS "group",
  CAST(summed_bed_occupancy.numerator AS DOUBLE) AS numerator,
  CAST(summed_bed_occupancy.denominator AS DOUBLE) AS denominator,
  CAST(summed_bed_occupancy.numerator AS DOUBLE) / NULLIF(CAST(summed_bed_occupancy.denominator AS DOUBLE), 0) AS value,
  summed_bed_occupancy.weighed AS n
FROM summed_bed_occupancy
