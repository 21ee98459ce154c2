WITH feedback_invitation AS (
  SELECT
    feedback_invitation.key,
    feedback_invitation.channel,
    feedback_invitation.sent_at,
    feedback_invitation.answered_at,
    feedback_invitation.age_group,
    feedback_invitation.sex,
    feedback_invitation.language,
    feedback_invitation.municipality,
    service.service_code AS service__service_code,
    unit.unit_code AS unit__unit_code
  FROM marts__feedback_invitation AS feedback_invitation
  LEFT JOIN marts__service AS service
    ON service.key = feedback_invitation.service
  LEFT JOIN marts__unit AS unit
    ON unit.key = feedback_invitation.unit
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', sent_at) AS DATE) AS month
  FROM feedback_invitation
  WHERE
    sent_at >= CAST(:first_month AS DATE)
    AND sent_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
    age_group AS age_group,
    channel AS channel,
    language AS language,
    municipality AS municipality,
    CAST(service__service_code AS STRING) AS service,
    sex AS sex,
    CAST(unit__unit_code AS STRING) AS unit,
    CASE WHEN NOT answered_at IS NULL THEN 1 ELSE 0 END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    age_group,
    channel,
    language,
    municipality,
    service,
    sex,
    unit,
    pattern,
    (
      CAST(GROUPING(unit) AS BIGINT) * 1 + CAST(GROUPING(sex) AS BIGINT) * 2 + CAST(GROUPING(service) AS BIGINT) * 4 + CAST(GROUPING(municipality) AS BIGINT) * 8 + CAST(GROUPING(language) AS BIGINT) * 16 + CAST(GROUPING(channel) AS BIGINT) * 32 + CAST(GROUPING(age_group) AS BIGINT) * 64
    ) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, age_group, unit),
      (month, pattern, language, unit),
      (month, pattern, municipality, unit),
      (month, pattern, sex, unit),
      (month, pattern, channel, service)
    )
), groups AS (
  SELECT
    month,
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 62
  GROUP BY
    month,
    age_group,
    pattern
  UNION ALL
  SELECT
    month,
    'age_group;unit' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') || ';unit=' || COALESCE(unit, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 62
  GROUP BY
    month,
    age_group,
    unit,
    pattern
  UNION ALL
  SELECT
    month,
    'language' AS set,
    'language=' || COALESCE(language, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 110
  GROUP BY
    month,
    language,
    pattern
  UNION ALL
  SELECT
    month,
    'language;unit' AS set,
    'language=' || COALESCE(language, 'unknown') || ';unit=' || COALESCE(unit, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 110
  GROUP BY
    month,
    language,
    unit,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 118
  GROUP BY
    month,
    municipality,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality;unit' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') || ';unit=' || COALESCE(unit, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 118
  GROUP BY
    month,
    municipality,
    unit,
    pattern
  UNION ALL
  SELECT
    month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 124
  GROUP BY
    month,
    sex,
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
    bundle = 124
  GROUP BY
    month,
    unit,
    pattern
  UNION ALL
  SELECT
    month,
    'sex;unit' AS set,
    'sex=' || COALESCE(sex, 'unknown') || ';unit=' || COALESCE(unit, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 124
  GROUP BY
    month,
    sex,
    unit,
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
    bundle = 91
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'channel' AS set,
    'channel=' || COALESCE(channel, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  WHERE
    bundle = 91
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
    bundle = 91
  GROUP BY
    month,
    service,
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
), summed_feedback_response_rate AS (
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
  'feedback_response_rate' AS measure,
  1 AS version,
  summed_feedback_response_rate.period AS period,
  summed_feedback_response_rate.`group` AS `group`,
  CAST(summed_feedback_response_rate.numerator AS DOUBLE) AS numerator,
  CAST(summed_feedback_response_rate.denominator AS DOUBLE) AS denominator,
  CAST(summed_feedback_response_rate.numerator AS DOUBLE) / NULLIF(CAST(summed_feedback_response_rate.denominator AS DOUBLE), 0) AS value,
  summed_feedback_response_rate.weighed AS n
FROM summed_feedback_response_rate
