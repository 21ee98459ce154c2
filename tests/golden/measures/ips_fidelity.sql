WITH assessment_answers AS (
  SELECT
    assessment.key,
    assessment.person,
    assessment.assessed_on,
    assessment.variable,
    assessment.number,
    unit.unit_code AS unit__unit_code
  FROM marts.assessment_answers AS assessment
  LEFT JOIN marts.unit AS unit
    ON unit.key = assessment.unit
  WHERE
    assessment.variable = 'ips_fidelity' AND assessment.number BETWEEN 25 AND 125
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', assessed_on) AS DATE) AS month
  FROM assessment_answers
  WHERE
    assessed_on >= CAST($first_month AS DATE)
    AND assessed_on < CAST($last_month AS DATE) + TO_MONTHS(1)
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
    CASE WHEN NOT (
      number
    ) IS NULL THEN 1 ELSE 0 END AS pattern,
    CAST(number AS DECIMAL(24, 6)) AS value_0
  FROM dated_2
), cells AS (
  SELECT
    month,
    unit,
    pattern,
    COUNT(*) AS rows,
    SUM(value_0) AS sum_0,
    COUNT(value_0) AS count_0
  FROM flagged
  GROUP BY
    month,
    pattern,
    unit
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM cells
  GROUP BY
    month,
    unit,
    pattern
), monthly AS (
  SELECT
    month,
    set,
    "group",
    SUM(rows) AS rows,
    SUM(rows) FILTER(WHERE
      (
        pattern & 1
      ) <> 0) AS true_0,
    SUM(sum_0) AS sum_0,
    SUM(count_0) AS count_0
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_ips_fidelity AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
    COALESCE(SUM(sum_0), 0) AS numerator,
    COALESCE(SUM(count_0), 0) AS counted,
    COALESCE(SUM(true_0), 0) AS denominator,
    COALESCE(SUM(true_0), 0) AS weighed,
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
)
SELECT
  'ips_fidelity' AS measure,
  1 AS version,
  summed_ips_fidelity.period AS period,
  summed_ips_fidelity."group" AS "group",
  CAST(summed_ips_fidelity.numerator AS DOUBLE) AS numerator,
  CAST(summed_ips_fidelity.denominator AS DOUBLE) AS denominator,
  CAST(summed_ips_fidelity.numerator AS DOUBLE) / NULLIF(CAST(summed_ips_fidelity.denominator AS DOUBLE), 0) AS value,
  summed_ips_fidelity.weighed AS n
FROM summed_ips_fidelity
