WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.kind,
    contact.received_at,
    contact.happened_at,
    contact.queue,
    contact.solved_by_robot,
    unit.unit_code AS unit__unit_code
  FROM marts.contact AS contact
  LEFT JOIN marts.unit AS unit
    ON unit.key = contact.unit
  WHERE
    contact.kind = 'call' AND NOT contact.solved_by_robot IS NULL
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', received_at) AS DATE) AS month
  FROM contact
  WHERE
    received_at >= CAST($first_month AS DATE)
    AND received_at < CAST($last_month AS DATE) + TO_MONTHS(1)
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
    queue AS queue,
    CAST(unit__unit_code AS TEXT) AS unit,
    CASE WHEN solved_by_robot THEN 1 ELSE 0 END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    queue,
    unit,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    queue,
    unit
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'queue' AS set,
    'queue=' || COALESCE(queue, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    queue,
    pattern
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
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
      ) <> 0) AS true_0
  FROM groups
  GROUP BY
    month,
    set,
    "group"
), summed_phone_bot_resolution_share AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly."group",
    COALESCE(SUM(true_0), 0) AS numerator,
    COALESCE(SUM(true_0), 0) AS counted,
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
)
SELECT
  'phone_bot_resolution_share' AS measure,
  1 AS version,
  summed_phone_bot_resolution_share.period AS period,
  summed_phone_bot_resolution_share."group" AS "group",
  CAST(summed_phone_bot_resolution_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_phone_bot_resolution_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_phone_bot_resolution_share.numerator AS DOUBLE) / NULLIF(CAST(summed_phone_bot_resolution_share.denominator AS DOUBLE), 0) AS value,
  summed_phone_bot_resolution_share.weighed AS n
FROM summed_phone_bot_resolution_share
