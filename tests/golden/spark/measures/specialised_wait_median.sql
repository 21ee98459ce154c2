WITH queue_entry AS (
  SELECT
    queue_entry.key,
    queue_entry.person,
    queue_entry.speciality,
    queue_entry.referral_at,
    queue_entry.decided_at,
    queue_entry.ended_at,
    queue_entry.patient_delay,
    queue_entry.urgency,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex,
    unit.unit_code AS unit__unit_code
  FROM marts__queue_entry AS queue_entry
  LEFT JOIN marts__person AS person
    ON person.key = queue_entry.person
  LEFT JOIN marts__unit AS unit
    ON unit.key = queue_entry.unit
  WHERE
    NOT queue_entry.patient_delay IS TRUE
    AND COALESCE(queue_entry.urgency, 'E') = 'E'
), census AS (
  SELECT
    queue_entry.*,
    months.month AS period_start,
    CAST(LAST_DAY(months.month) AS DATE) AS period_end
  FROM queue_entry
  CROSS JOIN (
    SELECT
      EXPLODE(
        CAST(SEQUENCE(
          CAST(:first_month AS TIMESTAMP_NTZ),
          CAST(:last_month AS TIMESTAMP_NTZ),
          INTERVAL '1' MONTH
        ) AS ARRAY<DATE>)
      ) AS month
  ) AS months
), named AS (
  SELECT
    *,
    CAST(COALESCE(decided_at, referral_at) AS DATE) AS since
  FROM census
), kept AS (
  SELECT
    *
  FROM named
  WHERE
    since <= period_end
    AND (
      ended_at IS NULL OR CAST(ended_at AS DATE) > period_end
    )
), dated AS (
  SELECT
    *,
    period_start AS month
  FROM kept
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
), aged AS (
  SELECT
    *,
    (
      (
        YEAR(CAST(referral_at AS DATE)) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(CAST(referral_at AS DATE)) * 100 + DAY(CAST(referral_at AS DATE)) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
      ) AS INT)
    ) AS age_1
  FROM dated
), in_periods AS (
  SELECT
    aged.*,
    periods.grain,
    periods.period,
    periods.first_month,
    periods.last_month
  FROM aged
  JOIN periods
    ON aged.month = periods.last_month AND periods.grain IN ('month', 'quarter', 'year')
), valued_specialised_wait_median AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    CAST(CASE
      WHEN age_1 >= 85
      THEN '85+'
      WHEN age_1 BETWEEN 75 AND 84
      THEN '75-84'
      WHEN age_1 BETWEEN 65 AND 74
      THEN '65-74'
      WHEN age_1 BETWEEN 30 AND 64
      THEN '30-64'
      WHEN age_1 BETWEEN 18 AND 29
      THEN '18-29'
      WHEN age_1 BETWEEN 7 AND 17
      THEN '7-17'
      WHEN age_1 BETWEEN 0 AND 6
      THEN '0-6'
    END AS STRING) AS age_group,
    CAST(CASE WHEN person__security_block THEN NULL ELSE person__municipality END AS STRING) AS municipality,
    CAST(person__sex AS STRING) AS sex,
    speciality AS speciality,
    CAST(unit__unit_code AS STRING) AS unit,
    DATEDIFF(DAY, since, period_end) AS value,
    TRUE AS weight
  FROM in_periods
), summed_specialised_wait_median AS (
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
  FROM valued_specialised_wait_median
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
    'age_group' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') AS `group`,
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
  FROM valued_specialised_wait_median
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    age_group
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
  FROM valued_specialised_wait_median
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
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
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
  FROM valued_specialised_wait_median
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    sex
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'speciality' AS set,
    'speciality=' || COALESCE(speciality, 'unknown') AS `group`,
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
  FROM valued_specialised_wait_median
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    speciality
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'unit' AS set,
    'unit=' || COALESCE(unit, 'unknown') AS `group`,
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
  FROM valued_specialised_wait_median
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    unit
)
SELECT
  'specialised_wait_median' AS measure,
  1 AS version,
  summed_specialised_wait_median.period AS period,
  summed_specialised_wait_median.`group` AS `group`,
  NULL AS numerator,
  NULL AS denominator,
  summed_specialised_wait_median.value AS value,
  summed_specialised_wait_median.weighed AS n
FROM summed_specialised_wait_median
