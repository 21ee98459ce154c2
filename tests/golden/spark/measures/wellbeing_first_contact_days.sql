WITH wellbeing_referral AS (
  SELECT
    wellbeing_referral.key,
    wellbeing_referral.person,
    wellbeing_referral.made_at,
    wellbeing_referral.sent_at,
    wellbeing_referral.first_contact_at,
    organisation.business_id AS organisation__business_id,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block
  FROM marts__wellbeing_referral AS wellbeing_referral
  LEFT JOIN marts__organisation AS organisation
    ON organisation.key = wellbeing_referral.organisation
  LEFT JOIN marts__person AS person
    ON person.key = wellbeing_referral.person
  WHERE
    wellbeing_referral.first_contact_at >= wellbeing_referral.sent_at
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', first_contact_at) AS DATE) AS month
  FROM wellbeing_referral
  WHERE
    first_contact_at >= CAST(:first_month AS DATE)
    AND first_contact_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
), in_periods AS (
  SELECT
    dated_2.*,
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month
  FROM dated_2
  JOIN periods
    ON dated_2.month BETWEEN periods.first_month AND periods.last_month
    AND periods.grain IN ('quarter', 'year')
), valued_wellbeing_first_contact_days AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS STRING) AS municipality,
    CAST(organisation__business_id AS STRING) AS organisation,
    DATEDIFF(DAY, CAST(sent_at AS DATE), CAST(first_contact_at AS DATE)) AS value,
    TRUE AS weight
  FROM in_periods
), summed_wellbeing_first_contact_days AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    '' AS set,
    '' AS `group`,
    NULL AS numerator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS counted,
    NULL AS denominator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS weighed,
    (
      (
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) ASC NULLS LAST) FILTER(WHERE
          NOT value IS NULL AND weight) + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) DESC) FILTER(WHERE
          NOT value IS NULL AND weight)
      ) / 2
    ) AS value
  FROM valued_wellbeing_first_contact_days
  GROUP BY
    grain,
    period,
    first_month,
    last_month
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'municipality' AS set,
    'municipality=' || COALESCE(municipality, 'unknown') AS `group`,
    NULL AS numerator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS counted,
    NULL AS denominator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS weighed,
    (
      (
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) ASC NULLS LAST) FILTER(WHERE
          NOT value IS NULL AND weight) + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) DESC) FILTER(WHERE
          NOT value IS NULL AND weight)
      ) / 2
    ) AS value
  FROM valued_wellbeing_first_contact_days
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    municipality
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'organisation' AS set,
    'organisation=' || COALESCE(organisation, 'unknown') AS `group`,
    NULL AS numerator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS counted,
    NULL AS denominator,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL AND weight) AS weighed,
    (
      (
        PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) ASC NULLS LAST) FILTER(WHERE
          NOT value IS NULL AND weight) + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY
          CAST(value AS DOUBLE) DESC) FILTER(WHERE
          NOT value IS NULL AND weight)
      ) / 2
    ) AS value
  FROM valued_wellbeing_first_contact_days
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    organisation
)
SELECT
  'wellbeing_first_contact_days' AS measure,
  1 AS version,
  summed_wellbeing_first_contact_days.period AS period,
  summed_wellbeing_first_contact_days.`group` AS `group`,
  NULL AS numerator,
  NULL AS denominator,
  summed_wellbeing_first_contact_days.value AS value,
  summed_wellbeing_first_contact_days.weighed AS n
FROM summed_wellbeing_first_contact_days
