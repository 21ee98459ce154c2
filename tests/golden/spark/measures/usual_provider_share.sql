WITH contact AS (
  SELECT
    contact.key,
    contact.person,
    contact.professional,
    contact.contact_type,
    contact.service_form,
    contact.nature,
    contact.urgency,
    contact.profession,
    contact.happened_at,
    contact.cancelled,
    contact.status
  FROM marts__contact AS contact
  WHERE
    (
      (
        (
          (
            (
              contact.service_form = 'T11' AND contact.nature = 'SH'
            )
            AND contact.urgency = 'E'
          )
          AND contact.contact_type IN ('R10', 'R50')
        )
        AND contact.profession IN ('LK', 'SH')
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
    professional AS argument_professional,
    profession AS argument_profession,
    3 AS argument_least
  FROM in_periods
), continuity AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    person,
    profession,
    SUM(n) AS contacts,
    (
      SUM(n * n) - SUM(n)
    ) / NULLIF(CAST(SUM(n) * (
      SUM(n) - 1
    ) AS DOUBLE), 0) AS coc,
    MAX(n) / CAST(SUM(n) AS DOUBLE) AS usual_provider
  FROM (
    SELECT
      grain,
      period,
      first_month,
      last_month,
      person,
      argument_profession AS profession,
      COUNT(*) AS n,
      MIN(argument_least) AS least
    FROM arguments
    WHERE
      NOT argument_professional IS NULL
    GROUP BY
      grain,
      period,
      first_month,
      last_month,
      person,
      argument_profession,
      argument_professional
  ) AS of_professionals
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    person,
    profession
  HAVING
    SUM(n) >= MIN(least)
), with_person AS (
  SELECT
    continuity.*,
    LAST_DAY(continuity.last_month) AS period_end,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex
  FROM continuity
  LEFT JOIN marts__person AS person
    ON person.key = continuity.person
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
  FROM with_person
), valued_usual_provider_share AS (
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
    profession AS profession,
    CAST(person__sex AS STRING) AS sex,
    usual_provider AS value,
    TRUE AS weight
  FROM aged
), summed_usual_provider_share AS (
  SELECT
    grain,
    period,
    first_month,
    last_month,
    '' AS set,
    '' AS `group`,
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_usual_provider_share
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
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_usual_provider_share
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
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_usual_provider_share
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
    'profession' AS set,
    'profession=' || COALESCE(profession, 'unknown') AS `group`,
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_usual_provider_share
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    profession
  UNION ALL
  SELECT
    grain,
    period,
    first_month,
    last_month,
    'sex' AS set,
    'sex=' || COALESCE(sex, 'unknown') AS `group`,
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_usual_provider_share
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
    'age_group;profession' AS set,
    'age_group=' || COALESCE(age_group, 'unknown') || ';profession=' || COALESCE(profession, 'unknown') AS `group`,
    COALESCE(SUM(CAST(value AS DECIMAL(24, 6))), 0) AS numerator,
    COUNT(value) AS counted,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS denominator,
    COUNT(*) FILTER(WHERE
      weight AND NOT value IS NULL) AS weighed,
    COUNT(*) AS chosen
  FROM valued_usual_provider_share
  GROUP BY
    grain,
    period,
    first_month,
    last_month,
    age_group,
    profession
)
SELECT
  'usual_provider_share' AS measure,
  1 AS version,
  summed_usual_provider_share.period AS period,
  summed_usual_provider_share.`group` AS `group`,
  CAST(summed_usual_provider_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_usual_provider_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_usual_provider_share.numerator AS DOUBLE) / NULLIF(CAST(summed_usual_provider_share.denominator AS DOUBLE), 0) AS value,
  summed_usual_provider_share.weighed AS n
FROM summed_usual_provider_share
