WITH feedback AS (
  SELECT
    feedback.key,
    feedback.given_at,
    feedback.channel,
    feedback.item5,
    service.service_code AS service__service_code,
    unit.unit_code AS unit__unit_code
  FROM marts__feedback AS feedback
  LEFT JOIN marts__service AS service
    ON service.key = feedback.service
  LEFT JOIN marts__unit AS unit
    ON unit.key = feedback.unit
  WHERE
    feedback.item5 BETWEEN 1 AND 5
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', given_at) AS DATE) AS month
  FROM feedback
  WHERE
    given_at >= CAST(:first_month AS DATE)
    AND given_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
), dated_2 AS (
  SELECT
    *,
    month AS period_start,
    LAST_DAY(month) AS period_end
  FROM dated
), periods AS (
  SELECT DISTINCT
    'month' AS grain,
    DATE_FORMAT(month, 'yyyy-MM') AS period,
    CAST(DATE_TRUNC('MONTH', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('MONTH', month) + INTERVAL '0' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'quarter' AS grain,
    YEAR(month) || '-Q' || QUARTER(month) AS period,
    CAST(DATE_TRUNC('QUARTER', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('QUARTER', month) + INTERVAL '2' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
  UNION ALL
  SELECT DISTINCT
    'year' AS grain,
    CAST(YEAR(month) AS STRING) AS period,
    CAST(DATE_TRUNC('YEAR', month) AS DATE) AS first_month,
    CAST(DATE_TRUNC('YEAR', month) + INTERVAL '11' MONTHS AS DATE) AS last_month
  FROM (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
), flagged AS (
  SELECT
    month,
    channel AS channel,
    CAST(service__service_code AS STRING) AS service,
    CAST(unit__unit_code AS STRING) AS unit,
    CASE WHEN item5 >= 4 THEN 1 ELSE 0 END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    channel,
    service,
    unit,
    pattern,
    (
      CAST(GROUPING(unit) AS BIGINT) * 1 + CAST(GROUPING(service) AS BIGINT) * 2 + CAST(GROUPING(channel) AS BIGINT) * 4
    ) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, channel, service),
      (month, pattern, unit)
    )
), groups AS (
  SELECT
    month,
    'channel' AS set,
    'channel=' || COALESCE(channel, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 1
  GROUP BY
    month,
    channel,
    pattern
  UNION ALL
  SELECT
    month,
    'service' AS set,
    'service=' || COALESCE(service, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 1
  GROUP BY
    month,
    service,
    pattern
  UNION ALL
  SELECT
    month,
    '' AS set,
    '' AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 6
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 6
  GROUP BY
    month,
    unit,
    pattern
), monthly AS (
  SELECT
    month,
    set,
    `group`,
    SUM(rows) AS rows,
    SUM(rows) FILTER(WHERE
      (
        pattern & 1
      ) <> 0) AS true_0
  FROM groups
  GROUP BY
    month,
    set,
    `group`
), summed_feedback_clarity AS (
  SELECT
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month,
    monthly.set,
    monthly.`group`,
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
    monthly.`group`
)
SELECT
  'feedback_clarity' AS measure,
  1 AS version,
  summed_feedback_clarity.period AS period,
  summed_feedback_clarity.`group` AS `group`,
  CAST(summed_feedback_clarity.numerator AS DOUBLE) AS numerator,
  CAST(summed_feedback_clarity.denominator AS DOUBLE) AS denominator,
  CAST(summed_feedback_clarity.numerator AS DOUBLE) / NULLIF(CAST(summed_feedback_clarity.denominator AS DOUBLE), 0) AS value,
  summed_feedback_clarity.weighed AS n
FROM summed_feedback_clarity
