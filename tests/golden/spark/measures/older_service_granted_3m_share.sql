WITH social_decision AS (
  SELECT
    social_decision.key,
    social_decision.person,
    social_decision.decided_on,
    social_decision.granted,
    social_decision.started_on,
    person.birth_date AS person__birth_date,
    person.municipality AS person__municipality,
    person.security_block AS person__security_block,
    person.sex AS person__sex,
    service.service_code AS service__service_code
  FROM marts__social_decision AS social_decision
  LEFT JOIN marts__person AS person
    ON person.key = social_decision.person
  LEFT JOIN marts__service AS service
    ON service.key = social_decision.service
  WHERE
    social_decision.granted IS TRUE
    AND (
      (
        YEAR(social_decision.decided_on) - YEAR(person.birth_date)
      ) - CAST((
        MONTH(social_decision.decided_on) * 100 + DAY(social_decision.decided_on) < MONTH(person.birth_date) * 100 + DAY(person.birth_date)
      ) AS INT)
    ) >= 75
), dated AS (
  SELECT
    *,
    CAST(DATE_TRUNC('MONTH', decided_on) AS DATE) AS month
  FROM social_decision
  WHERE
    decided_on >= CAST(:first_month AS DATE)
    AND decided_on < ADD_MONTHS(CAST(:last_month AS DATE), 1)
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
), aged AS (
  SELECT
    *,
    (
      (
        YEAR(decided_on) - YEAR(person__birth_date)
      ) - CAST((
        MONTH(decided_on) * 100 + DAY(decided_on) < MONTH(person__birth_date) * 100 + DAY(person__birth_date)
      ) AS INT)
    ) AS age_1
  FROM dated_2
), flagged AS (
  SELECT
    month,
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
    CAST(service__service_code AS STRING) AS service,
    CAST(person__sex AS STRING) AS sex,
    CASE WHEN started_on <= CAST(ADD_MONTHS(decided_on, 3) AS DATE) THEN 1 ELSE 0 END AS pattern
  FROM aged
), cells AS (
  SELECT
    month,
    age_group,
    municipality,
    service,
    sex,
    pattern,
    (
      CAST(GROUPING(sex) AS BIGINT) * 1 + CAST(GROUPING(service) AS BIGINT) * 2 + CAST(GROUPING(municipality) AS BIGINT) * 4 + CAST(GROUPING(age_group) AS BIGINT) * 8
    ) AS bundle,
    COUNT(*) AS rows
  FROM flagged
  GROUP BY
    GROUPING SETS (
      (month, pattern, age_group, municipality, sex),
      (month, pattern, service)
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
    bundle = 2
  GROUP BY
    month,
    age_group,
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
    bundle = 2
  GROUP BY
    month,
    municipality,
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
    bundle = 2
  GROUP BY
    month,
    sex,
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
    bundle = 13
  GROUP BY
    month,
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
    bundle = 13
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
), summed_older_service_granted_3m_share AS (
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
  'older_service_granted_3m_share' AS measure,
  1 AS version,
  summed_older_service_granted_3m_share.period AS period,
  summed_older_service_granted_3m_share.`group` AS `group`,
  CAST(summed_older_service_granted_3m_share.numerator AS DOUBLE) AS numerator,
  CAST(summed_older_service_granted_3m_share.denominator AS DOUBLE) AS denominator,
  CAST(summed_older_service_granted_3m_share.numerator AS DOUBLE) / NULLIF(CAST(summed_older_service_granted_3m_share.denominator AS DOUBLE), 0) AS value,
  summed_older_service_granted_3m_share.weighed AS n
FROM summed_older_service_granted_3m_share
