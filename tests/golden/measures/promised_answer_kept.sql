WITH work_item AS (
  SELECT
    work_item.key,
    work_item.person,
    work_item.queue,
    work_item.origin,
    work_item.urgency,
    work_item.state,
    work_item.added_at,
    work_item.due_at,
    work_item.ended_at,
    unit.unit_code AS unit__unit_code
  FROM marts.work_item AS work_item
  LEFT JOIN marts.unit AS unit
    ON unit.key = work_item.unit
  WHERE
    work_item.state <> 'cancelled' AND NOT work_item.due_at IS NULL
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', due_at) AS DATE) AS month
  FROM work_item
  WHERE
    due_at >= CAST($first_month AS DATE)
    AND due_at < CAST($last_month AS DATE) + TO_MONTHS(1)
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
    origin AS origin,
    queue AS queue,
    CAST(unit__unit_code AS TEXT) AS unit,
    CAST(urgency AS TEXT) AS work_urgency,
    CASE WHEN state = 'resolved' AND ended_at <= due_at THEN 1 ELSE 0 END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    origin,
    queue,
    unit,
    work_urgency,
    pattern,
    GROUPING(origin, queue, unit, work_urgency) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, origin, queue, work_urgency),
      (month, pattern, unit)
    )
), groups AS (
  SELECT
    month,
    'origin' AS set,
    'origin=' || COALESCE(origin, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 2
  GROUP BY
    month,
    origin,
    pattern
  UNION ALL
  SELECT
    month,
    'queue' AS set,
    'queue=' || COALESCE(queue, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 2
  GROUP BY
    month,
    queue,
    pattern
  UNION ALL
  SELECT
    month,
    'work_urgency' AS set,
    'work_urgency=' || COALESCE(work_urgency, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 2
  GROUP BY
    month,
    work_urgency,
    pattern
  UNION ALL
  SELECT
    month,
    '' AS set,
    '' AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 13
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS "group",
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 13
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
), summed_promised_answer_kept AS (
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
  'promised_answer_kept' AS measure,
  1 AS version,
  summed_promised_answer_kept.period AS period,
  summed_promised_answer_kept."group" AS "group",
  CAST(summed_promised_answer_kept.numerator AS DOUBLE) AS numerator,
  CAST(summed_promised_answer_kept.denominator AS DOUBLE) AS denominator,
  CAST(summed_promised_answer_kept.numerator AS DOUBLE) / NULLIF(CAST(summed_promised_answer_kept.denominator AS DOUBLE), 0) AS value,
  summed_promised_answer_kept.weighed AS n
FROM summed_promised_answer_kept
