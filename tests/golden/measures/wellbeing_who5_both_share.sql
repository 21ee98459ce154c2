WITH wellbeing_referral AS (
  SELECT
    wellbeing_referral.key,
    wellbeing_referral.person,
    wellbeing_referral.state,
    wellbeing_referral.made_at,
    wellbeing_referral.first_contact_at,
    wellbeing_referral.closed_at,
    wellbeing_referral.who5_before,
    wellbeing_referral.who5_after,
    organisation.business_id AS organisation__business_id
  FROM marts.wellbeing_referral AS wellbeing_referral
  LEFT JOIN marts.organisation AS organisation
    ON organisation.key = wellbeing_referral.organisation
  WHERE
    wellbeing_referral.state = 'closed'
    AND NOT wellbeing_referral.first_contact_at IS NULL
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('month', closed_at) AS DATE) AS month
  FROM wellbeing_referral
  WHERE
    closed_at >= CAST($first_month AS DATE)
    AND closed_at < CAST($last_month AS DATE) + TO_MONTHS(1)
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
    CAST(organisation__business_id AS TEXT) AS organisation,
    CASE WHEN NOT who5_before IS NULL AND NOT who5_after IS NULL THEN 1 ELSE 0 END AS pattern
  FROM dated_2
), cells AS (
  SELECT
    month,
    organisation,
    pattern,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    month,
    pattern,
    organisation
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
    'organisation' AS set,
    'organisation=' || COALESCE(organisation, 'unknown') AS "group",
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
), summed_wellbeing_who5_both_share AS (
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
  'wellbeing_who5_both_share' AS measure,
  1 AS version,
  summed_wellbeing_who5_both_share.period AS period,
  summed_wellbeing_who5_both_share."group" AS "group",
  CAST(summed_wellbeing_who5_both_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_wellbeing_who5_both_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_wellbeing_who5_both_share.numerator AS DOUBLE) / NULLIF(CAST(summed_wellbeing_who5_both_share.denominator AS DOUBLE), 0) AS value,
  summed_wellbeing_who5_both_share.weighed AS n
FROM summed_wellbeing_who5_both_share
