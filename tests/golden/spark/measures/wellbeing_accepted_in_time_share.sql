WITH wellbeing_referral AS (
  SELECT
    wellbeing_referral.key,
    wellbeing_referral.person,
    wellbeing_referral.state,
    wellbeing_referral.made_at,
    wellbeing_referral.answer_due_at,
    wellbeing_referral.accepted_at,
    organisation.business_id AS organisation__business_id,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block
  FROM marts__wellbeing_referral AS wellbeing_referral
  LEFT JOIN marts__organisation AS organisation
    ON organisation.key = wellbeing_referral.organisation
  LEFT JOIN marts__person AS person
    ON person.key = wellbeing_referral.person
  WHERE
    NOT wellbeing_referral.answer_due_at IS NULL
    AND (
      wellbeing_referral.state <> 'withdrawn'
      OR NOT wellbeing_referral.accepted_at IS NULL
    )
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', answer_due_at) AS DATE) AS month
  FROM wellbeing_referral
  WHERE
    answer_due_at >= CAST(:first_month AS DATE)
    AND answer_due_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS STRING) AS municipality,
    CAST(organisation__business_id AS STRING) AS organisation,
    CASE WHEN accepted_at <= answer_due_at THEN 1 ELSE 0 END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    municipality,
    organisation,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    municipality,
    organisation
), groups AS (
  SELECT
    month,
    '' AS set,
    '' AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    pattern
  UNION ALL
  SELECT
    month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    municipality,
    pattern
  UNION ALL
  SELECT
    month,
    'organisation' AS set,
    'organisation=' || COALESCE(organisation, 'unknown') AS `group`,
    pattern,
    SUM(rows) AS rows
  FROM cells
  GROUP BY
    month,
    organisation,
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
), summed_wellbeing_accepted_in_time_share AS (
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
  'wellbeing_accepted_in_time_share' AS measure,
  1 AS version,
  summed_wellbeing_accepted_in_time_share.period AS period,
  summed_wellbeing_accepted_in_time_share.`group` AS `group`,
  CAST(summed_wellbeing_accepted_in_time_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_wellbeing_accepted_in_time_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_wellbeing_accepted_in_time_share.numerator AS DOUBLE) / NULLIF(CAST(summed_wellbeing_accepted_in_time_share.denominator AS DOUBLE), 0) AS value,
  summed_wellbeing_accepted_in_time_share.weighed AS n
FROM summed_wellbeing_accepted_in_time_share
