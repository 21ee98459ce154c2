WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.contact_type,
    contact.happened_at,
    contact.cancelled,
    contact.status
  FROM marts__contact AS contact
  WHERE
    (
      (
        NOT contact.person IS NULL
        AND contact.contact_type IN ('R10', 'R20', 'R30', 'R40', 'R41', 'R50', 'R51', 'R52', 'R55', 'R56')
      )
      AND NOT contact.cancelled IS TRUE
    )
    AND NOT COALESCE(contact.status, '7') IN ('3', '4', '5', '9')
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', happened_at) AS DATE) AS month
  FROM contact
  WHERE
    happened_at >= CAST(:first_month AS DATE)
    AND happened_at < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
    AND periods.grain IN ('year')
), arguments AS (
  SELECT
    *,
    1 AS argument_amount
  FROM in_periods
), person_totals AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    person,
    SUM(COALESCE(CAST(argument_amount AS DECIMAL(24, 6)), 0)) AS total,
    COUNT(*) AS `rows`
  FROM arguments
  WHERE
    NOT person IS NULL
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    person
), with_person AS (
  SELECT
    person_totals.*,
    LAST_DAY(person_totals.last_month) AS period_end,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex
  FROM person_totals
  LEFT JOIN marts__person AS person
    ON person.key = person_totals.person
), segmented AS (
  SELECT
    with_person.*,
    spans.segment
  FROM with_person
  LEFT JOIN marts__segment_spans AS spans
    ON spans.segments = 'main'
    AND spans.person = with_person.person
    AND spans.since <= with_person.period_end
    AND spans.until >= with_person.period_end
), aged AS (
  SELECT
    *,
    (
      (
        YEAR(period_end) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(period_end) * 100 + DAY(period_end) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
      ) AS INT)
    ) AS age_1
  FROM segmented
), valued_high_use_share AS (
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
    segment,
    CAST(person__sex AS STRING) AS sex,
    total >= 10 AS value,
    TRUE AS weight
  FROM aged
), summed_high_use_share AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    '' AS set,
    '' AS `group`,
    COUNT(*) FILTER(WHERE
      value) AS numerator,
    COUNT(*) FILTER(WHERE
      value) AS counted,
    COUNT(*) FILTER(WHERE
      weight) AS denominator,
    COUNT(*) FILTER(WHERE
      weight) AS weighed,
    COUNT(*) AS chosen
  FROM valued_high_use_share
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
    COUNT(*) FILTER(WHERE
      value) AS numerator,
    COUNT(*) FILTER(WHERE
      value) AS counted,
    COUNT(*) FILTER(WHERE
      weight) AS denominator,
    COUNT(*) FILTER(WHERE
      weight) AS weighed,
    COUNT(*) AS chosen
  FROM valued_high_use_share
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
    COUNT(*) FILTER(WHERE
      value) AS numerator,
    COUNT(*) FILTER(WHERE
      value) AS counted,
    COUNT(*) FILTER(WHERE
      weight) AS denominator,
    COUNT(*) FILTER(WHERE
      weight) AS weighed,
    COUNT(*) AS chosen
  FROM valued_high_use_share
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
    'segment' AS set,
    'segment=' || COALESCE(segment, 'unknown') AS `group`,
    COUNT(*) FILTER(WHERE
      value) AS numerator,
    COUNT(*) FILTER(WHERE
      value) AS counted,
    COUNT(*) FILTER(WHERE
      weight) AS denominator,
    COUNT(*) FILTER(WHERE
      weight) AS weighed,
    COUNT(*) AS chosen
  FROM valued_high_use_share
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    segment
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
    COUNT(*) FILTER(WHERE
      value) AS numerator,
    COUNT(*) FILTER(WHERE
      value) AS counted,
    COUNT(*) FILTER(WHERE
      weight) AS denominator,
    COUNT(*) FILTER(WHERE
      weight) AS weighed,
    COUNT(*) AS chosen
  FROM valued_high_use_share
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    sex
)
SELECT
  'high_use_share' AS measure,
  1 AS version,
  summed_high_use_share.period AS period,
  summed_high_use_share.`group` AS `group`,
  CAST(summed_high_use_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_high_use_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_high_use_share.numerator AS DOUBLE) / NULLIF(CAST(summed_high_use_share.denominator AS DOUBLE), 0) AS value,
  summed_high_use_share.weighed AS n
FROM summed_high_use_share
